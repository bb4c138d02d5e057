// How numbers, times and states are said to people.

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];
const SPANS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

const STATES = {
  pending: "Waiting",
  processing: "Converting",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const isActive = (job) => job.status === "pending" || job.status === "processing";

// Its files were removed to make room; only this entry is left.
export const isPurged = (job) => Boolean(job.purged_at);

export function stateWord(job) {
  if (isPurged(job)) return "Removed";
  if (job.status === "processing" && job.processed_pages === job.total_pages) return "Writing the result";
  return STATES[job.status] || job.status;
}

// Which of the pictures in icons.html.
export function stateIcon(job) {
  if (isPurged(job)) return "cancelled";
  return job.status === "completed" && job.pages_failed > 0 ? "partly" : job.status;
}

export function pagesText(job) {
  const all = plural(job.total_pages, "page");
  if (job.status === "processing") return `page ${job.processed_pages} of ${job.total_pages}`;
  const some = job.processed_pages > job.pages_failed && job.processed_pages < job.total_pages;
  return some ? `${job.processed_pages} of ${all}` : all;
}

export function failedText(job) {
  return job.pages_failed ? `${plural(job.pages_failed, "page")} failed` : "";
}

export function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

export function size(bytes) {
  let unit = 0;
  let amount = bytes;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[unit]}`;
}

export function ago(time, now = Date.now()) {
  // A server's clock may be a little ahead of ours: the future is "just now" too.
  const seconds = Math.max(0, (now - new Date(time)) / 1000);
  const span = SPANS.find(([, length]) => seconds >= length);
  return span ? relative.format(-Math.floor(seconds / span[1]), span[0]) : "just now";
}

export function remaining(seconds) {
  if (seconds < 10) return "a few seconds left";
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} seconds left`;
  if (seconds < 5_400) return `about ${plural(Math.round(seconds / 60), "minute")} left`;
  return `about ${plural(Math.round(seconds / 3_600), "hour")} left`;
}
