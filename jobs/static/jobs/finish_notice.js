// A message of the browser when a job is through, for those who asked for it with the button.

import { gettext, interpolate } from "./i18n.js";
import { isActive, stateWord } from "./words.js";

// Gives a function that is told the jobs that are shown after each refresh.
export function finishNotice() {
  const button = document.getElementById("tell-me");
  let wanted = false;
  let active = new Set();

  button.addEventListener("click", async () => {
    wanted = !wanted && (await Notification.requestPermission()) === "granted";
    button.setAttribute("aria-pressed", String(wanted));
  });

  return (...jobs) => {
    if (wanted) jobs.filter((job) => active.has(job.job_id) && !isActive(job)).forEach(tell);
    active = new Set(jobs.filter(isActive).map((job) => job.job_id));
    button.hidden = active.size === 0 || !isPossible();
  };
}

function isPossible() {
  return window.isSecureContext && "Notification" in window && Notification.permission !== "denied";
}

function tell(job) {
  const body = interpolate(gettext("%(name)s: %(state)s"), { name: job.filename, state: stateWord(job) }, true);
  try {
    const notice = new Notification("PDF jobs", { body, tag: job.job_id });
    notice.addEventListener("click", () => window.focus());
  } catch {
    // Browsers of phones know such messages from service workers only.
  }
}
