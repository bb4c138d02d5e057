// The ids of the jobs that were sent from this browser, the newest first: it finds them again after a logout, and where
// everybody sees all jobs.

import { recall, remember } from "./local_store.js";

// As many as one page of the list has.
const MOST = 50;
const NAME = "own-jobs";
const ID = /^[a-z0-9_]{1,120}$/;

export function ownJobs() {
  const ids = recall(NAME, []);
  return Array.isArray(ids) ? ids.filter((id) => ID.test(id)).slice(0, MOST) : [];
}

export function addOwnJob(id) {
  remember(NAME, [id, ...ownJobs().filter((other) => other !== id)].slice(0, MOST));
}

export function dropOwnJob(id) {
  remember(NAME, ownJobs().filter((other) => other !== id));
}
