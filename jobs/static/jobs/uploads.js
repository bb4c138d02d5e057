// Uploads: files go up three at a time, and each says how far it is.

import { ngettext } from "./i18n.js";
import { setText } from "./notice.js";
import { addOwnJob } from "./own_jobs.js";
import { uploadRow } from "./upload_row.js";
import { counted } from "./words.js";

const AT_ONCE = 3;

// `options` gives what is set for the next uploads; `taken` is called after each upload that became a job. Gives a
// function that uploads files.
export function uploads(options, taken) {
  const head = document.getElementById("uploads-head");
  const news = document.getElementById("upload-news");
  const againAll = document.getElementById("again-all");
  const rows = new Set();
  const waiting = [];
  let sending = 0;

  function add(files) {
    for (const file of files) {
      const row = uploadRow(file, options(), { again: enqueue, ended, said });
      rows.add(row);
      enqueue(row);
    }
    show();
  }

  function enqueue(row) {
    waiting.push(row);
    next();
    show();
  }

  function ended(row) {
    rows.delete(row);
    const at = waiting.indexOf(row);
    if (at >= 0) waiting.splice(at, 1);
    show();
  }

  async function next() {
    if (sending >= AT_ONCE || waiting.length === 0) return;
    sending += 1;
    const job = await waiting.shift().send();
    sending -= 1;
    if (job) {
      addOwnJob(job.job_id);
      taken();
    }
    show();
    next();
  }

  function show() {
    const failed = [...rows].filter((row) => row.hasFailed());
    head.hidden = rows.size === 0;
    againAll.hidden = failed.length < 2;
    setText(againAll, counted(ngettext("Try %(count)s again", "Try all %(count)s again", failed.length), failed.length));
  }

  const said = (sentence) => setText(news, sentence);

  againAll.addEventListener("click", () => {
    for (const row of [...rows].filter((each) => each.hasFailed())) row.tryAgain();
  });
  window.addEventListener("beforeunload", (event) => {
    if (sending > 0) event.preventDefault();
  });
  return add;
}
