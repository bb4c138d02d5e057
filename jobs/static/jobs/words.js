// How numbers, times and states are said to people.

import { gettext, interpolate, ngettext } from "./i18n.js";

const LANGUAGE = document.documentElement.lang || "en";
const UNITS = ["KB", "MB", "GB", "TB"];
const SPANS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
const tenths = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
// Made once: to make one takes longer than to use it a hundred times.
const days = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "long", timeStyle: "short" });
const whole = new Intl.NumberFormat(LANGUAGE);

const STATES = {
  pending: gettext("Waiting"),
  processing: gettext("Converting"),
  completed: gettext("Completed"),
  failed: gettext("Failed"),
  cancelled: gettext("Cancelled"),
};

export const isActive = (job) => job.status === "pending" || job.status === "processing";

// Its files were removed to make room; only this entry is left.
export const isPurged = (job) => Boolean(job.purged_at);

// Also while failed pages of it are tried again: then it is the result from before.
export const hasResult = (job) => Boolean(job.result_file) && !isPurged(job);

const isPartly = (job) => job.status === "completed" && job.pages_failed > 0;

export const mayRetry = (job) => (["failed", "cancelled"].includes(job.status) || isPartly(job)) && !isPurged(job);

export function retryText(job) {
  const count = job.pages_failed;
  if (!isPartly(job)) return gettext("Retry");
  return counted(ngettext("Try the %(count)s failed page again", "Try the %(count)s failed pages again", count), count);
}

export function stateWord(job) {
  if (isPurged(job)) return gettext("Removed");
  if (job.status === "processing" && job.processed_pages === job.total_pages) return gettext("Writing the result");
  return STATES[job.status] || job.status;
}

// Which of the pictures in icons.html.
export function stateIcon(job) {
  if (isPurged(job)) return "cancelled";
  return isPartly(job) ? "partly" : job.status;
}

export function pagesText(job) {
  const done = job.processed_pages;
  const total = job.total_pages;
  if (isActive(job)) return interpolate(gettext("page %(done)s of %(total)s"), { done, total }, true);
  const some = done > job.pages_failed && done < total;
  if (some) return interpolate(ngettext("%(done)s of %(total)s page", "%(done)s of %(total)s pages", total), { done, total }, true);
  return counted(ngettext("%(count)s page", "%(count)s pages", total), total);
}

export function failedText(job) {
  const count = job.pages_failed;
  return count ? counted(ngettext("%(count)s page failed", "%(count)s pages failed", count), count) : "";
}

// A text with `%(count)s` in it, with the number as the reader's language writes it.
export function counted(text, count) {
  return interpolate(text, { count: whole.format(count) }, true);
}

export function size(bytes) {
  if (bytes < 1024) return counted(ngettext("%(count)s byte", "%(count)s bytes", bytes), bytes);
  let amount = bytes / 1024;
  let unit = 0;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${(amount < 10 ? tenths : whole).format(amount < 10 ? amount : Math.round(amount))} ${UNITS[unit]}`;
}

export function ago(time, now = Date.now()) {
  // A server's clock may be a little ahead of ours: the future is "just now" too.
  const seconds = Math.max(0, (now - new Date(time)) / 1000);
  const span = SPANS.find(([, length]) => seconds >= length);
  return span ? relative.format(-Math.floor(seconds / span[1]), span[0]) : gettext("just now");
}

export function remaining(seconds) {
  if (seconds < 10) return gettext("a few seconds left");
  if (seconds < 90) {
    return counted(gettext("about %(count)s seconds left"), Math.round(seconds / 10) * 10);
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return counted(ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes), minutes);
  const hours = Math.round(seconds / 3_600);
  return counted(ngettext("about %(count)s hour left", "about %(count)s hours left", hours), hours);
}

// A day, and a moment, as the reader's language and clock have them.
export const day = (time) => days.format(new Date(time));
export const moment = (time) => moments.format(new Date(time));
