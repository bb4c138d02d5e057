// A job's page: its progress, its pages, and the Markdown of those that are done.

import { getJob, getPages, resultAddress, statusOf } from "./api.js";
import { part, showJob, wireActions } from "./job_view.js";
import { connectionLine, element, setText, showProblem } from "./notice.js";
import { pageGrid } from "./page_grid.js";
import { poll } from "./poll.js";
import { reader } from "./reader.js";
import { isActive, isPurged, plural, remaining, stateWord } from "./words.js";

const ACTIVE_MS = 1_000;
const IDLE_MS = 15_000;
// Slow but not asleep: the tab's title tells the percent.
const HIDDEN_MS = 10_000;
// A page list has about 200 bytes a page: long ones are fetched less often.
const LIST_MS_PER_PAGE = 5;

const root = document.getElementById("job");
const id = root.dataset.jobId;
const askStatus = statusOf(id);
const grid = pageGrid((number) => markdown.open(number));
const markdown = reader(id, grid.mark);

let job = null;
let status = null;
let listed = { key: "", at: 0 };

async function ask() {
  try {
    status = (await askStatus()) ?? status;
    if (job?.status !== status.status) job = await getJob(id);
    show();
    await refreshPages();
  } catch (error) {
    if (error.code !== "job_not_found") throw error;
    showProblem(part(root, "problem"), error);
    return null;
  }
  return isActive(job) ? ACTIVE_MS : IDLE_MS;
}

function show() {
  job = { ...job, ...asJob(status) };
  showJob(root, job);
  showLine(part(root, "outlook"), outlook());
  showLine(part(root, "error"), job.error || removed());
  showWarnings(job.warnings);
  document.getElementById("formats").hidden = job.status !== "completed" || isPurged(job);
  setText(document.getElementById("job-news"), stateWord(job));
  document.title = `${isActive(job) ? `${job.progress_percent} %` : stateWord(job)} – ${job.filename} – PDF jobs`;
}

// The status's fields under the names that they have in the job document.
function asJob({ status: state, progress, pages_done, pages_failed, error }) {
  return { status: state, progress_percent: progress, processed_pages: pages_done, pages_failed, error };
}

async function refreshPages() {
  if (isPurged(job)) return;
  const key = `${job.status} ${job.processed_pages}`;
  const due = !isActive(job) || Date.now() - listed.at >= LIST_MS_PER_PAGE * job.total_pages;
  if (key === listed.key || !due) return;
  const pages = await getPages(id);
  listed = { key, at: Date.now() };
  grid.show(pages);
  markdown.offer(pages);
}

function outlook() {
  if (status.waiting) return status.waiting;
  if (job.status === "pending" && status.queue_position) return `${plural(status.queue_position, "job")} before this one`;
  return isActive(job) && status.eta_seconds ? remaining(status.eta_seconds) : "";
}

function removed() {
  return isPurged(job) ? `Its files were removed: ${job.purge_reason}. Upload the PDF again to convert it.` : "";
}

function showLine(line, text) {
  setText(line, text);
  line.hidden = text === "";
}

function showWarnings(warnings) {
  const list = document.getElementById("warnings");
  list.replaceChildren(...warnings.map((warning) => element("li", "", warning)));
  list.hidden = warnings.length === 0;
}

const refresh = poll(ask, connectionLine(document.getElementById("connection")), { hiddenMs: HIDDEN_MS });

wireActions(root, () => job, {
  changed: (newer) => {
    job = newer;
    refresh();
  },
  deleted: () => location.assign("/"),
});
setText(document.getElementById("curl"), `curl -fOJ ${location.origin}${resultAddress(id)}`);
