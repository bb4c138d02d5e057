// Several jobs at once: the boxes of the rows, and what can be done with those that are ticked.

import { deleteJob, retryJob, zipAddress } from "./api.js";
import { confirmDelete, part } from "./job_view.js";
import { gettext, ngettext } from "./i18n.js";
import { canDownload, canRetry } from "./job_row.js";
import { hide, isEnabled, setEnabled, setText, showProblem } from "./notice.js";
import { dropOwnJob } from "./own_jobs.js";
import { counted } from "./words.js";

// `rows` are the rows of the list by their ids. Gives `show()`, to be called after each refresh.
export function selection(rows, refresh) {
  const form = document.getElementById("selection");
  const all = document.getElementById("pick-all");
  const problem = document.getElementById("picked-problem");
  const zip = document.getElementById("picked-zip");
  const retry = document.getElementById("picked-retry");
  const remove = document.getElementById("picked-delete");

  const box = (row) => part(row.element, "pick");
  const picked = () => [...rows.values()].filter((row) => box(row).checked);

  function show() {
    const chosen = picked();
    form.dataset.count = chosen.length;
    form.hidden = rows.size === 0;
    all.checked = chosen.length > 0 && chosen.length === rows.size;
    all.indeterminate = chosen.length > 0 && !all.checked;
    setText(document.getElementById("picked"), chosen.length ? selectedText(chosen.length) : gettext("Select all"));
    for (const control of [zip, retry, remove]) control.hidden = chosen.length === 0;
    setEnabled(zip, chosen.some(canDownload));
    setEnabled(retry, chosen.some(canRetry));
  }

  // One after the other; what is refused is said, and the rest goes on.
  async function each(control, chosen, verb) {
    if (!isEnabled(control)) return;
    setEnabled(control, false);
    hide(problem);
    for (const row of chosen) await verb(row.job()).catch((error) => showProblem(problem, error));
    refresh();
    setEnabled(control, true);
    show();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const ids = picked().filter(canDownload).map((row) => row.job().job_id);
    if (ids.length > 0) location.assign(zipAddress(ids));
  });
  retry.addEventListener("click", () => each(retry, picked().filter(canRetry), (job) => retryJob(job.job_id)));
  remove.addEventListener("click", async () => {
    const chosen = picked();
    if (chosen.length > 0 && (await confirmDelete(namesOf(chosen)))) each(remove, chosen, removeJob);
  });
  all.addEventListener("change", () => {
    for (const row of rows.values()) box(row).checked = all.checked;
    show();
  });
  document.getElementById("jobs").addEventListener("change", show);
  return { show };
}

async function removeJob({ job_id }) {
  await deleteJob(job_id).catch((error) => {
    if (error.code !== "job_not_found") throw error;
  });
  dropOwnJob(job_id);
}

const selectedText = (count) => counted(ngettext("%(count)s selected", "%(count)s selected", count), count);

function namesOf(chosen) {
  if (chosen.length === 1) return chosen[0].job().filename;
  return counted(ngettext("%(count)s job", "%(count)s jobs", chosen.length), chosen.length);
}
