// A job's page: how far it is, what can be done with it, and its pages beside the Markdown made of them.

import { getJob, getPages, statusOf } from "./api.js";
import { finishNotice } from "./finish_notice.js";
import { jobHead } from "./job_head.js";
import { part, wireActions } from "./job_view.js";
import { keepButton } from "./keeping.js";
import { connectionLine, showProblem } from "./notice.js";
import { poll } from "./poll.js";
import { resultView } from "./result_view.js";
import { isActive, isPurged } from "./words.js";

const ACTIVE_MS = 1_000;
const IDLE_MS = 15_000;
// Slow but not asleep: the tab's title tells the percent.
const HIDDEN_MS = 10_000;
// A page list has about 200 bytes a page: long ones are fetched less often.
const LIST_MS_PER_PAGE = 5;

const root = document.getElementById("job");
const id = root.dataset.jobId;
const askStatus = statusOf(id);
const head = jobHead(root, id);
const result = resultView(id);
const tellWhenDone = finishNotice();

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
  head.show(job, status);
  tellWhenDone(job);
}

// The status's fields under the names that they have in the job document.
function asJob({ status: state, progress, pages_done, pages_failed, error, expires_at }) {
  return { status: state, progress_percent: progress, processed_pages: pages_done, pages_failed, error, expires_at };
}

async function refreshPages() {
  if (isPurged(job) || !result) return;
  const key = `${job.status} ${job.processed_pages}`;
  const due = !isActive(job) || Date.now() - listed.at >= LIST_MS_PER_PAGE * job.total_pages;
  if (key === listed.key || !due) return;
  const pages = await getPages(id);
  listed = { key, at: Date.now() };
  result.show(pages, isActive(job));
}

const refresh = poll(ask, connectionLine(document.getElementById("connection")), { hiddenMs: HIDDEN_MS });

function changed(newer) {
  job = newer;
  refresh();
}

// The same buttons send plain forms where there are no scripts.
root.addEventListener("submit", (event) => event.preventDefault());
wireActions(root, () => job, { changed, deleted: () => location.assign("/") });
keepButton(root, () => job, changed);
