// The options for the next uploads: remembered by this browser, but for the password.

import { gettext, interpolate } from "./i18n.js";
import { forget, recall, remember } from "./local_store.js";
import { setText } from "./notice.js";

const NAME = "upload-options";
const FORGOTTEN = ["password", "file", "csrfmiddlewaretoken"];

// Gives a function for the options that are set now.
export function uploadOptions() {
  const form = document.getElementById("upload");
  const reset = document.getElementById("options-reset");
  const fields = [...form.elements].filter((field) => field.id.startsWith("option-"));

  function chosen() {
    const data = [...new FormData(form)].filter(([name, value]) => value !== "" && name !== "file" && name !== "csrfmiddlewaretoken");
    const options = Object.fromEntries(data); // of the two prompts the own one stands last
    if (options.prompt === "own") delete options.prompt;
    return options;
  }

  function show() {
    const own = document.getElementById("own-prompt");
    if (own) own.hidden = document.getElementById("option-prompt").value !== "own";
    setText(document.getElementById("options-chosen"), summary(chosen()));
    reset.hidden = Object.keys(chosen()).length === 0;
  }

  function restore(values) {
    for (const field of fields) {
      const value = values[field.id];
      if (FORGOTTEN.includes(field.name) || value === undefined) continue;
      if (field.type === "checkbox") field.checked = value === true;
      else if (typeof value === "string") setIfThere(field, value);
    }
  }

  form.addEventListener("input", () => {
    show();
    const kept = fields.filter((field) => !FORGOTTEN.includes(field.name));
    remember(NAME, Object.fromEntries(kept.map((field) => [field.id, field.type === "checkbox" ? field.checked : field.value])));
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  reset.addEventListener("click", () => {
    forget(NAME);
    form.reset();
    show();
    document.querySelector("#options summary").focus();
  });
  const known = recall(NAME, {});
  if (known && typeof known === "object") restore(known);
  show();
  return chosen;
}

// A choice that the server does not offer any more is left alone.
function setIfThere(field, value) {
  const before = field.value;
  field.value = value;
  if (field instanceof HTMLSelectElement && field.selectedIndex < 0) field.value = before;
}

// Stands on the closed options: one that was forgotten would spoil the next upload.
function summary(options) {
  const say = (text, value) => interpolate(text, [value]);
  const words = [
    options.engine && say(gettext("engine %s"), options.engine),
    options.prompt && gettext("prompt"),
    options.pages && say(gettext("pages %s"), options.pages),
    options.ocr && say(gettext("text recognition %s"), ocrWord(options.ocr)),
    options.ocr_language && say(gettext("languages %s"), options.ocr_language),
    options.password && gettext("password"),
    options.images && gettext("pictures"),
    options.page_furniture && gettext("headers and footers"),
    options.page_breaks && gettext("page breaks"),
  ].filter(Boolean);
  return words.length ? `: ${words.join(", ")}` : "";
}

const ocrWord = (ocr) => (ocr === "always" ? gettext("on every page") : gettext("never"));
