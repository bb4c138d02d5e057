// A job's row in the list.

import { gettext, interpolate } from "./i18n.js";
import { button, part, showAge, showJob, wireActions } from "./job_view.js";
import { keepButton } from "./keeping.js";
import { setText } from "./notice.js";
import { outlook } from "./outlook.js";
import { dropOwnJob } from "./own_jobs.js";
import { day, isActive, isPurged, moment } from "./words.js";

// A row for the job with this id: `element` if the server has drawn it already. `refresh` is called after what was done
// to it. Gives `show(job, status)`; `status` is the job's status document while it is active.
export function jobRow(id, refresh, element = newElement(id)) {
  let job = { job_id: id };
  let shown = "";

  function show(newer, status) {
    const news = JSON.stringify([newer, status]);
    // Most rows are at rest: of those only the age changes.
    if (news === shown && !status) showAge(part(element, "age"), newer.created_at);
    else showAll(newer, status);
    shown = news;
  }

  function showAll(newer, status) {
    job = newer;
    showJob(element, job);
    setText(part(element, "percent"), job.status === "processing" ? `${job.progress_percent} %` : "");
    setText(part(element, "outlook"), status ? outlook(job, status) : "");
    setText(part(element, "retention"), retention(job));
    showLine(part(element, "error"), isPurged(job) ? "" : job.error || "");
    showLine(part(element, "gone"), isPurged(job) ? gone(job) : "");
    showKeep(part(element, "keep"), job);
    showPick(part(element, "pick"), job);
  }

  function changed(newer) {
    show(newer);
    refresh();
  }

  function deleted() {
    dropOwnJob(id);
    refresh();
  }

  wireActions(element, () => job, { changed, deleted });
  keepButton(element, () => job, changed);
  return { element, show, job: () => job };
}

function newElement(id) {
  const element = document.getElementById("job-row").content.firstElementChild.cloneNode(true);
  element.dataset.jobId = id;
  part(element, "filename").href = `/jobs/${encodeURIComponent(id)}`;
  part(element, "pick").value = id;
  return element;
}

function showLine(line, text) {
  setText(line, text);
  line.hidden = text === "";
}

function showKeep(control, job) {
  control.hidden = isPurged(job) || isActive(job);
  control.setAttribute("aria-pressed", String(Boolean(job.keep)));
  control.setAttribute("aria-label", `${gettext("Keep")} ${job.filename}`);
}

function showPick(box, job) {
  box.setAttribute("aria-label", interpolate(gettext("Select %s"), [job.filename]));
}

function retention(job) {
  if (isPurged(job) || isActive(job)) return "";
  if (job.keep) return gettext("kept");
  return job.expires_at ? interpolate(gettext("until %s"), [day(job.expires_at)]) : "";
}

function gone(job) {
  const text = gettext("Its files were removed on %(when)s: %(why)s. Upload the PDF again to convert it.");
  return interpolate(text, { when: moment(job.purged_at), why: job.purge_reason }, true);
}

export const canDownload = (row) => !button(row.element, "download").hidden;
export const canRetry = (row) => !button(row.element, "retry").hidden;
