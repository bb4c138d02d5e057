// Buttons that copy a text, and say that they have.

import { gettext, interpolate } from "./i18n.js";
import { isEnabled, setEnabled, setText } from "./notice.js";

const SAID_MS = 2_000;

// `text` gives (a promise of) what is copied.
export function copyButton(button, text) {
  const name = button.textContent;
  button.addEventListener("click", async () => {
    if (!isEnabled(button)) return;
    setEnabled(button, false);
    say(button, await copied(text));
    setTimeout(() => {
      setText(button, name);
      setEnabled(button, true);
    }, SAID_MS);
  });
}

function say(button, done) {
  const sentence = done ? gettext("Copied") : gettext("Not copied");
  setText(button, sentence);
  const news = document.getElementById("copy-news");
  if (news) news.textContent = interpolate("%s", [sentence]);
}

async function copied(text) {
  try {
    // The text as a promise: some browsers allow copying only at once after the click.
    if (window.ClipboardItem && navigator.clipboard?.write) await navigator.clipboard.write([item(text)]);
    else copyBySelection(await text());
    return true;
  } catch {
    return false;
  }
}

function item(text) {
  const blob = Promise.resolve(text()).then((words) => new Blob([words], { type: "text/plain" }));
  return new ClipboardItem({ "text/plain": blob });
}

// Where the page did not come by TLS, browsers have no clipboard but this.
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  if (!done) throw new Error("not copied");
}
