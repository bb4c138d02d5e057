// What is to be expected of a job that is not through: its turn, the time left, and that nothing has come for a while.

import { gettext, interpolate, ngettext } from "./i18n.js";
import { isActive, remaining } from "./words.js";

// Seconds without a page from which on it is said.
const LAG_S = 30;

export function outlook(job, status) {
  if (!isActive(job)) return "";
  if (status.waiting) return status.waiting;
  if (job.status === "pending") return status.queue_position ? before(status.queue_position) : "";
  const quiet = (Date.now() - new Date(status.last_progress_at ?? job.started_at ?? Date.now())) / 1000;
  if (quiet >= LAG_S) return lag(quiet);
  return status.eta_seconds ? remaining(status.eta_seconds) : "";
}

function before(count) {
  return interpolate(ngettext("%(count)s job before it", "%(count)s jobs before it", count), { count }, true);
}

function lag(seconds) {
  if (seconds < 90) {
    return interpolate(gettext("no page for %(count)s seconds"), { count: Math.floor(seconds / 10) * 10 }, true);
  }
  const count = Math.round(seconds / 60);
  return interpolate(ngettext("no page for %(count)s minute", "no page for %(count)s minutes", count), { count }, true);
}
