// What the list says without being looked at: changes of state to screen readers, the percent in the page's title.

import { gettext, interpolate, ngettext } from "./i18n.js";
import { counted, isActive, stateWord } from "./words.js";

// More than that at once is noise.
const MOST_NAMED = 3;
const TITLE = document.title;

export function listNews() {
  const line = document.getElementById("jobs-news");
  let known = new Map();

  function show(jobs) {
    const words = new Map(jobs.map((job) => [job.job_id, stateWord(job)]));
    const changed = jobs.filter((job) => known.has(job.job_id) && known.get(job.job_id) !== words.get(job.job_id));
    known = words;
    if (changed.length > 0) line.textContent = sentence(changed);
    const title = titleFor(jobs.filter(isActive));
    if (document.title !== title) document.title = title;
  }
  return { show };
}

function sentence(changed) {
  if (changed.length > MOST_NAMED) {
    return counted(ngettext("%(count)s job has changed.", "%(count)s jobs have changed.", changed.length), changed.length);
  }
  const parts = changed.map((job) =>
    interpolate(gettext("%(name)s: %(state)s"), { name: job.filename, state: stateWord(job) }, true),
  );
  return parts.join(". ");
}

function titleFor(active) {
  if (active.length === 0) return TITLE;
  const done = active.reduce((sum, job) => sum + job.processed_pages, 0);
  const total = active.reduce((sum, job) => sum + job.total_pages, 0);
  return `${Math.floor((100 * done) / total)} % – ${TITLE}`;
}
