// The options for the next uploads.

import { setText } from "./notice.js";

// Gives a function for the options that are set now.
export function uploadOptions() {
  const form = document.getElementById("options-form");
  const chosen = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  const show = () => setText(document.getElementById("options-chosen"), summary(chosen()));
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
  return chosen;
}

// Stands on the closed options: one that was forgotten would spoil the next upload.
function summary(options) {
  const words = [];
  if (options.pages) words.push(`pages ${options.pages}`);
  if (options.password) words.push("password");
  if (options.engine) words.push(`engine ${options.engine}`);
  if (options.prompt) words.push("prompt");
  if (options.ocr) words.push(`text recognition ${options.ocr}`);
  if (options.ocr_language) words.push(`languages ${options.ocr_language}`);
  if (options.images) words.push("pictures");
  if (options.page_furniture) words.push("headers and footers");
  if (options.page_breaks) words.push("page breaks");
  return words.length ? `: ${words.join(", ")}` : "";
}
