// One file on its way: how far it is, what went wrong, and the ways on from there.

import { checkFile } from "./file_checks.js";
import { gettext, interpolate } from "./i18n.js";
import { button, fillBar, part } from "./job_view.js";
import { hide, setText, showProblem } from "./notice.js";
import { newKey, sendFile } from "./sending.js";
import { size } from "./words.js";

const NEEDS_PASSWORD = ["locked", "wrong_password"];
// What the server refuses only for now is sent again by itself so often.
const PATIENCE = 5;
const LONGEST_WAIT_S = 60;

// `again` puts the row back on the queue, `ended` is called when it goes, `said` with news for screen readers. The
// row's `send` gives the job that it became, or null.
export function uploadRow(file, options, { again, ended, said }) {
  const element = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
  const progress = part(element, "progress");
  const problem = part(element, "problem");
  const unlock = part(element, "unlock");
  const row = { send, tryAgain, hasFailed: () => element.dataset.state === "failed" };
  let chosen = options;
  let key = newKey();
  let stop = new AbortController();
  let refusals = 0;

  async function send() {
    const { signal } = stop;
    if (signal.aborted) return null;
    try {
      await checkFile(file, chosen);
      const job = await sendFile(file, chosen, key, signal, showSent);
      said(interpolate(gettext("%s is uploaded."), [file.name]));
      leave();
      return job;
    } catch (error) {
      if (!signal.aborted) showFailure(error);
      return null;
    }
  }

  function showWaiting() {
    element.dataset.state = "waiting";
    hide(problem);
    unlock.hidden = true;
    showBar(0, [gettext("Waits"), size(file.size)]);
    button(element, "again").hidden = true;
    name("stop", gettext("Cancel"));
  }

  function showSent(bytes, bytesPerSecond) {
    const all = bytes >= file.size;
    element.dataset.state = all ? "checking" : "sending";
    const of = interpolate(gettext("%(done)s of %(all)s"), { done: size(bytes), all: size(file.size) }, true);
    const speed = bytesPerSecond ? `${size(bytesPerSecond)}/s` : "";
    showBar(bytes, all ? [gettext("Checking the PDF …")] : [gettext("Uploading"), of, speed]);
  }

  function showFailure(error) {
    refusals += 1;
    if (isForNow(error) && refusals <= PATIENCE) {
      sendLater(error.retryAfterSeconds || 5);
      return;
    }
    element.dataset.state = "failed";
    showBar(0, [gettext("Not uploaded")]);
    if (error.code === "locked") error.message = gettext("The PDF is locked. Its password opens it.");
    showProblem(problem, error);
    button(element, "again").hidden = false;
    name("stop", gettext("Dismiss"));
    said(interpolate(gettext("%(name)s was not uploaded: %(why)s"), { name: file.name, why: error.message }, true));
    if (NEEDS_PASSWORD.includes(error.code)) askPassword();
  }

  function sendLater(seconds) {
    element.dataset.state = "waiting";
    showBar(0, [interpolate(gettext("The server is busy. Goes on in %s seconds."), [seconds])]);
    setTimeout(() => again(row), seconds * 1000);
  }

  function askPassword() {
    unlock.hidden = false;
    button(element, "again").hidden = true;
    part(element, "password").value = "";
    // Who is typing elsewhere is not interrupted.
    if (document.activeElement === document.body) part(element, "password").focus();
  }

  function showBar(bytes, facts) {
    const words = facts.filter(Boolean);
    setText(progress, words.join(" · "));
    fillBar(part(element, "bar"), Math.floor((100 * bytes) / (file.size || 1)), 100, words.join(", "));
  }

  function name(action, text) {
    setText(button(element, action), text);
    button(element, action).setAttribute("aria-label", `${text} ${file.name}`);
  }

  function tryAgain() {
    if (element.contains(document.activeElement)) button(element, "stop").focus();
    refusals = 0;
    stop = new AbortController();
    showWaiting();
    again(row);
  }

  function leave() {
    const next = element.nextElementSibling ?? element.previousElementSibling;
    if (element.contains(document.activeElement)) (next ? button(next, "stop") : document.getElementById("files")).focus();
    element.remove();
    ended(row);
  }

  button(element, "stop").addEventListener("click", () => {
    stop.abort();
    leave();
  });
  button(element, "again").addEventListener("click", tryAgain);
  unlock.addEventListener("submit", (event) => {
    event.preventDefault();
    chosen = { ...chosen, password: part(element, "password").value };
    key = newKey(); // it asks for something else now
    tryAgain();
  });
  part(element, "filename").textContent = file.name;
  part(element, "bar").setAttribute("aria-label", interpolate(gettext("Upload of %s"), [file.name]));
  part(element, "password").setAttribute("aria-label", interpolate(gettext("Password of %s"), [file.name]));
  name("again", gettext("Try again"));
  showWaiting();
  document.getElementById("uploads").append(element);
  return row;
}

function isForNow(error) {
  const passes = error.status === 429 || error.status === 503 || error.code === "upload_in_flight";
  return passes && error.retryAfterSeconds <= LONGEST_WAIT_S;
}
