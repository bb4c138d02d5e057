// Shows one page's Markdown as it is, as text.

import { getMarkdown } from "./api.js";
import { isEnabled, setEnabled, setText, showProblem } from "./notice.js";

const READABLE = ["done", "failed"];

// Gives `open(number)` to show a page, and `offer(pages)` to say which pages there are. `mark` is called with the
// number of the page that is shown.
export function reader(id, mark) {
  const title = document.getElementById("reader-title");
  const note = document.getElementById("reader-note");
  const text = document.getElementById("reader-text");
  const previous = document.getElementById("reader-previous");
  const next = document.getElementById("reader-next");
  let pages = [];
  // The page that is wanted (an address may name it), and what is on show: number and state.
  let wanted = Number(/^#page-(\d+)$/.exec(location.hash)?.[1]) || null;
  let shown = "";

  function open(number) {
    wanted = number;
    history.replaceState(null, "", `#page-${number}`);
    refresh();
  }

  function offer(newer) {
    pages = newer.filter((page) => READABLE.includes(page.status));
    // Somebody who has chosen nothing yet sees the first page as soon as there is one.
    wanted ??= pages.find((page) => page.status === "done")?.number ?? null;
    refresh();
  }

  async function refresh() {
    const page = pages.find(({ number }) => number === wanted);
    showPlace();
    // A retry makes a page anew, so its state is part of what is shown.
    const asked = page ? `${page.number} ${page.status}` : "";
    if (!page || asked === shown) return;
    shown = asked;
    if (page.status === "failed") {
      say(`Page ${page.number} could not be converted. ${page.error}`);
      return;
    }
    try {
      const markdown = await getMarkdown(id, page.number);
      if (asked === shown) showMarkdown(markdown);
    } catch (error) {
      if (asked !== shown) return;
      shown = error.status ? asked : ""; // after a lost connection it is tried again
      text.hidden = true;
      showProblem(note, error);
    }
  }

  function say(sentence) {
    text.hidden = true;
    setText(note, sentence);
    note.hidden = false;
  }

  function showMarkdown(markdown) {
    if (markdown.trim() === "") {
      say("This page has no text.");
      return;
    }
    note.hidden = true;
    text.hidden = false;
    setText(text, markdown);
    text.scrollTop = 0;
  }

  function showPlace() {
    setText(title, wanted === null ? "Markdown" : `Page ${wanted}`);
    setEnabled(previous, neighbour(-1) !== undefined);
    setEnabled(next, neighbour(1) !== undefined);
    mark(wanted);
  }

  function neighbour(step) {
    return pages[pages.findIndex(({ number }) => number === wanted) + step]?.number;
  }

  previous.addEventListener("click", () => isEnabled(previous) && open(neighbour(-1)));
  next.addEventListener("click", () => isEnabled(next) && open(neighbour(1)));
  return { open, offer };
}
