// Uploads: files go up two at a time, and each says how far it is.

import { ConnectionLost, csrfHeaders, problemFrom } from "./api.js";
import { button, fillBar, part } from "./job_view.js";
import { hide, setText, showProblem } from "./notice.js";
import { uploadOptions } from "./upload_options.js";
import { size } from "./words.js";

const AT_ONCE = 2;
const NEEDS_PASSWORD = ["locked", "wrong_password"];

// `taken` is called after each upload that became a job. Gives a function that uploads files.
export function uploads(taken) {
  const options = uploadOptions();
  const waiting = [];
  let sending = 0;

  function add(files) {
    for (const file of files) enqueue(uploadRow(file, options, enqueue));
  }

  function enqueue(row) {
    waiting.push(row);
    next();
  }

  async function next() {
    if (sending >= AT_ONCE || waiting.length === 0) return;
    sending += 1;
    if (await waiting.shift().send()) taken();
    sending -= 1;
    next();
  }

  const picker = document.getElementById("files");
  picker.addEventListener("change", () => {
    add([...picker.files]);
    picker.value = ""; // so that the same file can be picked again
  });
  window.addEventListener("beforeunload", (event) => {
    if (sending > 0) event.preventDefault();
  });
  return add;
}

// One file on its way. Its `send` gives whether it became a job; `again` puts it back on the queue after a failure.
function uploadRow(file, options, again) {
  const row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
  const progress = part(row, "progress");
  const problem = part(row, "problem");
  const news = document.getElementById("upload-news");
  const upload = { send };
  let chosen = options();
  let request = null;
  let stopped = false;

  async function send() {
    if (stopped) return false;
    try {
      refuseTooLarge(file);
      request = new XMLHttpRequest();
      await post(request, file, chosen, showSent);
    } catch (error) {
      if (!stopped) showFailure(error);
      return false;
    }
    row.remove();
    setText(news, `${file.name} is uploaded.`);
    return true;
  }

  function showWaiting() {
    row.dataset.state = "waiting";
    hide(problem);
    showBar(0, `Waits · ${size(file.size)}`);
    button(row, "again").hidden = true;
    name("stop", "Stop");
  }

  function showSent(bytes) {
    const all = bytes >= file.size;
    row.dataset.state = all ? "checking" : "sending";
    showBar(bytes, all ? "Checking the PDF …" : `Uploading · ${size(bytes)} of ${size(file.size)}`);
  }

  function showFailure(error) {
    row.dataset.state = "failed";
    showBar(0, "Not uploaded");
    showProblem(problem, error);
    button(row, "again").hidden = false;
    name("stop", "Dismiss");
    setText(news, `${file.name} was not uploaded: ${error.message}`);
    if (NEEDS_PASSWORD.includes(error.code)) document.getElementById("options").open = true;
  }

  function showBar(bytes, text) {
    setText(progress, text);
    fillBar(part(row, "bar"), Math.floor((100 * bytes) / (file.size || 1)), 100, text);
  }

  function name(action, text) {
    setText(button(row, action), text);
    button(row, action).setAttribute("aria-label", `${text} ${file.name}`);
  }

  button(row, "stop").addEventListener("click", () => {
    stopped = true;
    request?.abort();
    row.remove();
  });
  button(row, "again").addEventListener("click", () => {
    button(row, "stop").focus();
    chosen = options(); // a password may have been what was missing
    showWaiting();
    again(upload);
  });
  part(row, "filename").textContent = file.name;
  part(row, "bar").setAttribute("aria-label", `Upload of ${file.name}`);
  name("again", "Try again");
  showWaiting();
  document.getElementById("uploads").append(row);
  return upload;
}

// XMLHttpRequest, because fetch does not say how many bytes are up.
function post(request, file, options, sent) {
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) form.append(name, value);
  form.append("file", file);
  return new Promise((resolve, reject) => {
    request.open("POST", "/api/upload");
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    // The form around the file is counted too.
    request.upload.addEventListener("progress", ({ loaded, total }) => sent(Math.max(0, loaded - (total - file.size))));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve();
      else reject(problemFrom(request.responseText, request.status, request.getResponseHeader("Retry-After")));
    });
    for (const end of ["error", "abort"]) {
      request.addEventListener(end, () => reject(new ConnectionLost("The upload broke off. Try again.")));
    }
    request.send(form);
  });
}

// Spares people the upload of what would be refused at its end.
function refuseTooLarge(file) {
  const most = Number(document.getElementById("upload-limits").dataset.uploadBytes);
  if (file.size <= most) return;
  const detail = `The file has ${size(file.size)}, at most ${size(most)} are taken. Split the PDF, or ask the operator.`;
  throw problemFrom(JSON.stringify({ code: "too_large", detail }), 413);
}
