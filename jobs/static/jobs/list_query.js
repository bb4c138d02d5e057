// Which jobs the list shows. It stands in the page's address, so that reload, back and bookmarks keep it.

import { ownJobs } from "./own_jobs.js";

const NAMES = ["group", "search", "ordering", "page", "page_size"];
const PAGE_SIZE = "50";

// `changed` is called after each change, also by the browser's back.
export function listQuery(changed) {
  const now = () => new URLSearchParams(location.search);

  // `changes` are new values, empty ones are taken out. Another choice begins with its first page.
  function go(changes, { replace = false } = {}) {
    const query = now();
    if (!("page" in changes)) query.delete("page");
    for (const [name, value] of Object.entries(changes)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    if (query.toString() === now().toString()) return;
    const address = query.size ? `?${query}` : location.pathname;
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    changed();
  }

  window.addEventListener("popstate", changed);
  return {
    go,
    get: (name) => now().get(name) ?? "",
    pageSize: () => Number.parseInt(pageSize(now()), 10),
    page: () => Math.max(1, Number.parseInt(now().get("page"), 10) || 1),
    address: (changes) => addressWith(now(), changes),
    forApi: () => forApi(now()),
  };
}

function addressWith(query, changes) {
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  return `?${query}`;
}

function forApi(query) {
  const asked = new URLSearchParams({ page_size: pageSize(query) });
  for (const name of NAMES) {
    if (query.get(name)) asked.set(name, query.get(name));
  }
  // An id that none has: nothing was sent from this browser.
  if (query.get("mine")) asked.set("ids", ownJobs().join(",") || "none");
  return asked.toString();
}

const pageSize = (query) => query.get("page_size") || PAGE_SIZE;
