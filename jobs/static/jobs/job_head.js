// The head of a job's page: state, progress, what went wrong, what is kept how long.

import { getResult } from "./api.js";
import { copyButton } from "./copying.js";
import { gettext, interpolate } from "./i18n.js";
import { button, part, showJob } from "./job_view.js";
import { showKeeping } from "./keeping.js";
import { element, setText } from "./notice.js";
import { outlook } from "./outlook.js";
import { hasResult, isActive, isPurged, retryText, stateWord } from "./words.js";

// Gives `show(job, status)`.
export function jobHead(root, id) {
  const news = document.getElementById("job-news");
  const copyOrigin = document.getElementById("copy-origin");
  copyButton(document.getElementById("copy-all"), () => getResult(id));
  copyButton(copyOrigin, () => document.getElementById("origin").textContent);

  function show(job, status) {
    showJob(root, job);
    setText(button(root, "retry"), retryText(job));
    setText(part(root, "percent"), job.status === "processing" ? `${job.progress_percent} %` : "");
    setText(part(root, "outlook"), outlook(job, status));
    setText(news, stateWord(job));
    document.title = `${isActive(job) ? `${job.progress_percent} %` : stateWord(job)} – ${job.filename} – PDF jobs`;
    showTaking(job);
    showTrouble(root, job);
    showWarnings(root, job.warnings);
    showKeeping(root, job);
  }
  return { show };
}

function showTaking(job) {
  for (const name of ["formats", "shell", "copy-all"]) document.getElementById(name).hidden = !hasResult(job);
  document.getElementById("earlier").hidden = !(hasResult(job) && isActive(job));
}

function showTrouble(root, job) {
  const box = document.getElementById("trouble");
  const text = isPurged(job) ? removed(job) : (job.error ?? "");
  setText(part(root, "error"), text);
  setText(part(root, "what-next"), whatNext(job));
  box.hidden = text === "";
  box.classList.toggle("bad", !isPurged(job));
  document.getElementById("copy-origin").hidden = false;
}

function removed(job) {
  const style = { dateStyle: "long", timeStyle: "short" };
  const when = new Date(job.purged_at).toLocaleString(document.documentElement.lang, style);
  const text = gettext("The files of this job were removed on %(when)s: %(why)s. Upload the PDF again to convert it.");
  return interpolate(text, { when, why: job.purge_reason }, true);
}

function whatNext(job) {
  if (job.status !== "failed" || isPurged(job)) return "";
  return gettext("Retry tries its pages again; the reasons stand at the pages below.");
}

function showWarnings(root, warnings) {
  const list = part(root, "warnings");
  if (list.children.length !== warnings.length) {
    list.replaceChildren(...warnings.map((warning) => element("li", "", warning)));
  }
  document.getElementById("warnings").hidden = warnings.length === 0;
}
