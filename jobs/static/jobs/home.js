// The home page: files go up, the list shows what becomes of them.

import { jobList } from "./job_list.js";
import { picking } from "./picking.js";
import { sampleLink } from "./sample.js";
import { uploadOptions } from "./upload_options.js";
import { uploads } from "./uploads.js";

const add = uploads(uploadOptions(), jobList());
picking(add);
sampleLink(add);
