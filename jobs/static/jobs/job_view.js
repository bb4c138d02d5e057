// A job as it is shown in the list and on its own page: the elements marked with data-part and data-action.

import { cancelJob, deleteJob, resultAddress, retryJob } from "./api.js";
import { gettext, interpolate } from "./i18n.js";
import { hide, isEnabled, setEnabled, setText, showProblem } from "./notice.js";
import { ago, failedText, hasResult, isActive, mayRetry, moment, pagesText, size, stateIcon, stateWord } from "./words.js";

export const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
export const button = (root, name) => root.querySelector(`[data-action="${name}"]`);

export function showJob(root, job) {
  root.dataset.state = stateIcon(job);
  part(root, "icon").firstElementChild.setAttribute("href", `#icon-${stateIcon(job)}`);
  setText(part(root, "filename"), job.filename);
  setText(part(root, "state"), stateWord(job));
  setText(part(root, "pages"), pagesText(job));
  setText(part(root, "failed"), failedText(job));
  setText(part(root, "size"), size(job.input_bytes));
  showAge(part(root, "age"), job.created_at);
  showBar(part(root, "bar"), job);
  showActions(root, job);
}

// Fills a bar: a <progress>, or one made of a progressbar and the span in it.
export function fillBar(bar, done, total, text) {
  if (bar instanceof HTMLProgressElement) {
    bar.max = total || 1;
    bar.value = done;
    bar.setAttribute("aria-valuetext", text);
    return;
  }
  bar.setAttribute("aria-valuenow", done);
  bar.setAttribute("aria-valuemax", total);
  bar.setAttribute("aria-valuetext", text);
  bar.firstElementChild.style.width = `${total ? (100 * done) / total : 0}%`;
}

// Makes the buttons in `root` work. `current` gives the job that is shown; `changed` is called with the job document
// after cancel and retry, `deleted` after a delete.
export function wireActions(root, current, { changed, deleted }) {
  const verbs = {
    cancel: async () => changed(await cancelJob(current().job_id)),
    retry: async () => changed(await retryJob(current().job_id)),
    delete: async () => {
      if (!(await confirmDelete(current().filename))) return;
      await deleteJob(current().job_id).catch(unlessGone);
      deleted();
    },
  };
  for (const [name, verb] of Object.entries(verbs)) {
    button(root, name).addEventListener("click", (event) => {
      event.preventDefault(); // without scripts it sends a form
      run(root, button(root, name), verb);
    });
  }
}

async function run(root, pressed, verb) {
  if (!isEnabled(pressed)) return;
  setEnabled(pressed, false);
  hide(part(root, "problem"));
  try {
    await verb();
  } catch (error) {
    showProblem(part(root, "problem"), error);
  } finally {
    setEnabled(pressed, true);
  }
}

function unlessGone(error) {
  if (error.code !== "job_not_found") throw error;
}

// Asks in the page's dialog; gives whether what is called `name` shall be deleted.
export function confirmDelete(name) {
  const dialog = document.getElementById("delete-dialog");
  setText(part(dialog, "filename"), name);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "delete"), { once: true });
  });
}

export function showAge(time, createdAt) {
  setText(time, ago(createdAt));
  if (time.title && time.dateTime === createdAt) return;
  time.dateTime = createdAt;
  time.title = moment(createdAt);
}

function showBar(bar, job) {
  bar.setAttribute("aria-label", interpolate(gettext("Conversion of %s"), [job.filename]));
  fillBar(bar, job.processed_pages, job.total_pages, pagesText(job));
}

function showActions(root, job) {
  const shown = {
    download: hasResult(job),
    cancel: isActive(job),
    retry: mayRetry(job),
    delete: true,
  };
  for (const [name, visible] of Object.entries(shown)) {
    const control = button(root, name);
    control.setAttribute("aria-label", `${control.textContent} ${job.filename}`);
    // A button that goes while it has the focus hands it to the job's name, so that the keyboard stays here.
    if (!visible && control === document.activeElement) part(root, "filename").focus();
    control.hidden = !visible;
  }
  button(root, "download").href = resultAddress(job.job_id);
}
