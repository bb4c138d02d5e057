// The home page: files go up, the list shows what becomes of them.

import { dropZone } from "./drop_zone.js";
import { jobList } from "./job_list.js";
import { uploads } from "./uploads.js";

dropZone(uploads(jobList()));
