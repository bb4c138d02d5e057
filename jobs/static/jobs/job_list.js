// The job list: one request refreshes all rows, and rows that are there already stay the same elements.

import { getJobs } from "./api.js";
import { finishNotice } from "./finish_notice.js";
import { jobRow } from "./job_row.js";
import { listFinder } from "./list_finder.js";
import { listNews } from "./list_news.js";
import { listPaging } from "./list_paging.js";
import { listQuery } from "./list_query.js";
import { connectionLine } from "./notice.js";
import { poll } from "./poll.js";
import { selection } from "./selection.js";
import { storageMeter } from "./storage_meter.js";

const ACTIVE_MS = 2_000;
const IDLE_MS = 15_000;
// Slow but not asleep: the tab's title tells the percent.
const HIDDEN_MS = 10_000;

// Gives a function that asks for the list at once.
export function jobList() {
  const list = document.getElementById("jobs");
  const title = document.getElementById("jobs-title");
  const rows = new Map();
  const refresh = () => askNow();
  const query = listQuery(refresh);
  const finder = listFinder(query);
  const paging = listPaging(query, () => title.scrollIntoView());
  const chosen = selection(rows, refresh);
  const storage = storageMeter();
  const news = listNews();
  const tellWhenDone = finishNotice();

  async function ask() {
    const asked = query.forApi();
    let answer;
    try {
      answer = await getJobs(asked);
    } catch (error) {
      // The last job of the last page was deleted: that page is no more.
      if (error.status !== 404 || query.page() === 1) throw error;
      query.go({ page: "" }, { replace: true });
      return 0;
    }
    if (asked === query.forApi()) show(answer);
    return answer.groups.active > 0 ? ACTIVE_MS : IDLE_MS;
  }

  function show(answer) {
    performance.mark("list-shows");
    showRows(answer);
    showEmpty(answer);
    finder.show(answer.groups);
    paging.show(answer);
    chosen.show();
    news.show(answer.jobs);
    storage.show(answer.groups);
    tellWhenDone(...answer.jobs);
    performance.clearMeasures("list-shown");
    performance.measure("list-shown", "list-shows");
    performance.clearMarks("list-shows");
  }

  function showRows(answer) {
    drop(new Set(answer.jobs.map((job) => job.job_id)));
    let next = list.firstElementChild;
    for (const job of answer.jobs) {
      const row = rows.get(job.job_id) || newRow(job.job_id);
      row.show(job, answer.progress[job.job_id]);
      // Rows that are in their place are not touched: moving an element takes the focus from it.
      if (row.element === next) next = next.nextElementSibling;
      else list.insertBefore(row.element, next);
    }
  }

  function showEmpty(answer) {
    const none = answer.jobs.length === 0;
    const first = none && Object.values(answer.groups).every((count) => count === 0);
    list.hidden = none;
    document.getElementById("list").toggleAttribute("data-empty", first);
    document.getElementById("jobs-empty").hidden = !first;
    document.getElementById("jobs-none").hidden = !none || first;
  }

  function drop(kept) {
    for (const [id, row] of rows) {
      if (kept.has(id)) continue;
      if (row.element.contains(document.activeElement)) title.focus();
      row.element.remove();
      rows.delete(id);
    }
  }

  function newRow(id, element) {
    const row = jobRow(id, refresh, element);
    rows.set(id, row);
    return row;
  }

  for (const element of list.children) newRow(element.dataset.jobId, element);
  for (const id of ["verbs", "asks"]) {
    document.getElementById(id).addEventListener("submit", (event) => event.preventDefault());
  }
  const askNow = poll(ask, connectionLine(document.getElementById("connection")), { hiddenMs: HIDDEN_MS });
  return refresh;
}
