// Talks to the job API. What is refused comes back as a Problem, what gets no answer as a ConnectionLost.

import { gettext, interpolate } from "./i18n.js";

const LONGEST_WAIT_MS = 20_000;

// What RFC 9457 calls a problem document: `detail` is a sentence for people, `code` a stable word.
export class Problem extends Error {
  constructor(document, status, retryAfterSeconds = 0) {
    super(document.detail || document.title || interpolate(gettext("The server answered with status %s."), [status]));
    this.code = document.code || `status_${status}`;
    this.requestId = document.request_id || "";
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get needsLogin() {
    return this.code === "login_required" || this.status === 401;
  }
}

export class ConnectionLost extends Error {
  constructor(detail = gettext("The server does not answer. Nothing is lost; try again in a while.")) {
    super(detail);
    this.code = "connection_lost";
    this.requestId = "";
  }
}

export const getJobs = (query) => request(`/api/jobs?${query}`).then(json);
export const getStorage = () => request("/api/storage").then(json);
export const zipAddress = (ids) => `/api/jobs/zip?${new URLSearchParams({ ids: ids.join(",") })}`;
export const getJob = (id) => request(address(id)).then(json);
export const getPages = (id) => request(address(id, "/pages")).then(json).then((answer) => answer.pages);
export const getMarkdown = (id, number) => request(address(id, `/pages/${number}`)).then((response) => response.text());
export const getPageHtml = (id, number) =>
  request(address(id, `/pages/${number}?format=html`)).then((response) => response.text());
export const getResult = (id) => request(address(id, "/result")).then((response) => response.text());
export const searchPages = (id, query) => request(address(id, `/search?q=${encodeURIComponent(query)}`)).then(json);
export const keepJob = (id, keep) =>
  request(address(id, "/keep"), { method: "POST", body: new URLSearchParams({ keep }) }).then(json);
export const cancelJob = (id) => request(address(id, "/cancel"), { method: "POST" }).then(json);
export const retryJob = (id) => request(address(id, "/retry"), { method: "POST" }).then(json);
export const deleteJob = (id) => request(address(id), { method: "DELETE" }).then(json);
export const resultAddress = (id) => address(id, "/result");
export const pictureAddress = (id, number, width) => address(id, `/pages/${number}/image?width=${width}`);

// Why there is no picture of a page; an image element does not tell.
export const whyNoPicture = (path) => request(path).then(() => null, (error) => error);

// Gives a function that asks for a job's status; it gives null as long as the answer stays what it was.
export function statusOf(id) {
  let etag = null;
  return async () => {
    const response = await request(address(id, "/status"), { headers: etag ? { "If-None-Match": etag } : {} });
    if (response.status === 304) return null;
    etag = response.headers.get("ETag");
    return json(response);
  };
}

export function csrfHeaders() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? { "X-CSRFToken": cookie.slice("csrftoken=".length) } : {};
}

// A problem out of an answer's text, also when a proxy in between answered with a page of its own.
export function problemFrom(text, status, retryAfter) {
  let document = {};
  try {
    document = JSON.parse(text) || {};
  } catch {
    // The status has to say it all.
  }
  return new Problem(document, status, Number(retryAfter) || 0);
}

function address(id, rest = "") {
  return `/api/jobs/${encodeURIComponent(id)}${rest}`;
}

async function request(path, { method = "GET", headers = {}, body } = {}) {
  const all = method === "GET" ? headers : { ...headers, ...csrfHeaders() };
  let response;
  try {
    // no-store: the browser's cache must not answer in the server's place, nor hide a 304 from us.
    const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
    response = await fetch(path, { method, headers: all, body, cache: "no-store", signal });
  } catch {
    throw new ConnectionLost();
  }
  if (response.ok || response.status === 304) return response;
  throw problemFrom(await response.text().catch(() => ""), response.status, response.headers.get("Retry-After"));
}

async function json(response) {
  try {
    return await response.json();
  } catch {
    // Broke off in the middle, or a proxy's page came with status 200.
    throw new ConnectionLost();
  }
}
