// How long a job is kept, and the button that keeps it for good.

import { keepJob } from "./api.js";
import { gettext, interpolate } from "./i18n.js";
import { part } from "./job_view.js";
import { hide, isEnabled, setEnabled, setText, showProblem } from "./notice.js";
import { isActive, isPurged } from "./words.js";

export function showKeeping(root, job) {
  setText(document.getElementById("retention"), retention(job));
  setText(part(root, "keep"), job.keep ? gettext("Keep no longer") : gettext("Keep"));
  part(root, "keep").hidden = isActive(job) || isPurged(job);
}

// `current` gives the job that is shown, `changed` is called with the newer one.
export function keepButton(root, current, changed) {
  const button = part(root, "keep");
  button.addEventListener("click", async () => {
    if (!isEnabled(button)) return;
    setEnabled(button, false);
    hide(part(root, "problem"));
    try {
      changed(await keepJob(current().job_id, !current().keep));
    } catch (error) {
      showProblem(part(root, "problem"), error);
    } finally {
      setEnabled(button, true);
    }
  });
}

function retention(job) {
  if (isActive(job)) return gettext("You can close this page, the job goes on.");
  if (job.keep) return gettext("Kept until you delete it.");
  if (!job.expires_at) return gettext("Kept until room runs short.");
  const day = new Date(job.expires_at).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
  return interpolate(gettext("Kept until %(day)s, or until room runs short."), { day }, true);
}
