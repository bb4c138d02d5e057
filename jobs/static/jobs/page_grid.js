// The pages of a job as small chips, and the reasons of those that failed.

import { element, isEnabled, setEnabled, setText } from "./notice.js";

const STATES = { pending: "waits", processing: "is being converted", done: "done", failed: "failed" };

// `open` is called with the number of the page that was clicked. Gives `show(pages)`, and `mark(number)` for the page
// that is being read.
export function pageGrid(open) {
  const list = document.getElementById("pages");
  const chips = new Map();

  list.addEventListener("click", (event) => {
    const chip = event.target.closest("button");
    if (chip && isEnabled(chip)) open(Number(chip.dataset.number));
  });

  function show(pages) {
    for (const page of pages) showChip(chips.get(page.number) || newChip(page.number), page);
    showReasons(pages.filter((page) => page.status === "failed"));
  }

  function newChip(number) {
    const chip = element("button", "chip", String(number));
    chip.dataset.number = number;
    const item = element("li");
    item.append(chip);
    list.append(item);
    chips.set(number, chip);
    return chip;
  }

  function mark(number) {
    const chip = chips.get(number);
    const marked = list.querySelector("[aria-current]");
    if (chip && chip === marked) return;
    marked?.removeAttribute("aria-current");
    chip?.setAttribute("aria-current", "true");
    if (chip) scrollTo(list, chip);
  }

  return { show, mark };
}

// Not scrollIntoView: that would move the whole page, away from the text that is being read.
function scrollTo(list, chip) {
  const above = list.getBoundingClientRect().top - chip.getBoundingClientRect().top;
  const below = chip.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
  if (above > 0) list.scrollTop -= above;
  else if (below > 0) list.scrollTop += below;
}

function showChip(chip, page) {
  chip.className = `chip ${page.status}`;
  const readable = page.status === "done" || page.status === "failed";
  setEnabled(chip, readable);
  chip.setAttribute("aria-label", `Page ${page.number}, ${STATES[page.status] || page.status}`);
  chip.title = page.error || STATES[page.status] || page.status;
}

function showReasons(failed) {
  const list = document.getElementById("failed-reasons");
  const texts = failed.map((page) => `Page ${page.number}: ${page.error || "no reason given"}`);
  while (list.children.length > texts.length) list.lastElementChild.remove();
  while (list.children.length < texts.length) list.append(element("li"));
  texts.forEach((text, index) => setText(list.children[index], text));
  document.getElementById("failed-pages").hidden = failed.length === 0;
}
