// Sends one file. XMLHttpRequest, because fetch does not say how many bytes are up.

import { ConnectionLost, csrfHeaders, problemFrom } from "./api.js";
import { gettext } from "./i18n.js";

// The speed is that of about so many seconds before.
const SPEED_OVER_S = 3;

// Gives (a promise of) the job document. `key` names the upload: sent again after its answer was lost, it is the same job.
// `sent` is called with the bytes that are up and with bytes per second.
export function sendFile(file, options, key, signal, sent) {
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) form.append(name, value);
  form.append("file", file, file.name); // of a chosen folder it would be named with its path
  const request = new XMLHttpRequest();
  const speed = speedometer();
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve, reject) => {
    request.open("POST", "/api/upload");
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.setRequestHeader("Idempotency-Key", `"${key}"`);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      // The form around the file is counted too.
      const bytes = Math.max(0, loaded - (total - file.size));
      sent(bytes, speed(bytes));
    });
    request.addEventListener("load", () => settle(request, resolve, reject));
    for (const end of ["error", "abort"]) {
      request.addEventListener(end, () => reject(new ConnectionLost(gettext("The upload broke off. Try again."))));
    }
    request.send(form);
  });
}

function settle(request, resolve, reject) {
  if (request.status >= 300) {
    reject(problemFrom(request.responseText, request.status, request.getResponseHeader("Retry-After")));
    return;
  }
  try {
    resolve(JSON.parse(request.responseText));
  } catch {
    reject(new ConnectionLost()); // a page of a proxy in between
  }
}

function speedometer() {
  let last = { at: performance.now(), bytes: 0 };
  let speed = 0;
  return (bytes) => {
    const seconds = (performance.now() - last.at) / 1000;
    if (seconds < 0.2) return speed;
    const share = Math.min(1, seconds / SPEED_OVER_S);
    const now = (bytes - last.bytes) / seconds;
    speed = speed ? speed + share * (now - speed) : now;
    last = { at: performance.now(), bytes };
    return speed;
  };
}

// A name for an upload that no other has.
export const newKey = () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(16)).join("-");
