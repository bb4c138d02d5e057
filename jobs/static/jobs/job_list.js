// The job list: one request refreshes all rows, and rows that are there already stay the same elements.

import { getJobs } from "./api.js";
import { part, showJob, wireActions } from "./job_view.js";
import { connectionLine, isEnabled, setEnabled, setText } from "./notice.js";
import { poll } from "./poll.js";
import { plural } from "./words.js";

const ACTIVE_MS = 2_000;
const IDLE_MS = 15_000;

// Gives a function that shows the newest jobs at once.
export function jobList() {
  const list = document.getElementById("jobs");
  const title = document.getElementById("jobs-title");
  const rows = new Map();
  const paging = pagingLine((page) => {
    paging.page = page;
    title.scrollIntoView();
    refresh();
  });

  async function ask() {
    const page = paging.page;
    let answer;
    try {
      answer = await getJobs(page);
    } catch (error) {
      // The last job of the last page was deleted: that page is no more.
      if (error.status !== 404 || page === 1) throw error;
      paging.page = page - 1;
      return 0;
    }
    if (page === paging.page) show(answer);
    return answer.counts.pending + answer.counts.processing > 0 ? ACTIVE_MS : IDLE_MS;
  }

  function show(answer) {
    drop(new Set(answer.jobs.map((job) => job.job_id)));
    let next = list.firstElementChild;
    for (const job of answer.jobs) {
      const row = rows.get(job.job_id) || newRow(job);
      row.show(job);
      // Rows that are in their place are not touched: moving an element takes the focus from it.
      if (row.element === next) next = next.nextElementSibling;
      else list.insertBefore(row.element, next);
    }
    list.hidden = answer.jobs.length === 0;
    document.getElementById("jobs-empty").hidden = answer.count > 0;
    setText(document.getElementById("jobs-counts"), countsText(answer));
    paging.show(answer);
  }

  function drop(kept) {
    for (const [id, row] of rows) {
      if (kept.has(id)) continue;
      if (row.element.contains(document.activeElement)) title.focus();
      row.element.remove();
      rows.delete(id);
    }
  }

  function newRow(job) {
    const row = jobRow(job, refresh);
    rows.set(job.job_id, row);
    return row;
  }

  const refresh = poll(ask, connectionLine(document.getElementById("connection")));
  return () => {
    paging.page = 1;
    refresh();
  };
}

function jobRow(first, refresh) {
  const element = document.getElementById("job-row").content.firstElementChild.cloneNode(true);
  let job = first;
  part(element, "filename").href = `/jobs/${encodeURIComponent(job.job_id)}`;
  function show(newer) {
    job = newer;
    showJob(element, job);
    const error = part(element, "error");
    setText(error, job.error || "");
    error.hidden = !job.error;
  }
  function changed(newer) {
    show(newer);
    refresh();
  }
  wireActions(element, () => job, { changed, deleted: refresh });
  return { element, show };
}

function pagingLine(go) {
  const nav = document.getElementById("paging");
  const previous = document.getElementById("paging-previous");
  const next = document.getElementById("paging-next");
  const line = { page: 1, show };
  previous.addEventListener("click", () => isEnabled(previous) && go(line.page - 1));
  next.addEventListener("click", () => isEnabled(next) && go(line.page + 1));
  function show(answer) {
    setEnabled(previous, answer.previous !== null);
    setEnabled(next, answer.next !== null);
    nav.hidden = answer.previous === null && answer.next === null;
    setText(document.getElementById("paging-place"), `Page ${line.page}`);
  }
  return line;
}

function countsText({ count, counts }) {
  const parts = [plural(count, "job")];
  if (counts.processing) parts.push(`${counts.processing} converting`);
  if (counts.pending) parts.push(`${counts.pending} waiting`);
  return count ? parts.join(" · ") : "";
}
