// Says on the login page that the jobs of this browser go on. Their names are for those who have logged in.

import { interpolate, ngettext } from "./i18n.js";
import { ownJobs } from "./own_jobs.js";

const count = ownJobs().length;
const line = document.getElementById("remembered");
if (count > 0) {
  const text = ngettext(
    "%(count)s job was sent from this browser. Log in to find it again.",
    "%(count)s jobs were sent from this browser. Log in to find them again.",
    count,
  );
  line.textContent = interpolate(text, { count }, true);
  line.hidden = false;
}
