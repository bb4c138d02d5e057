// What stands in a page's row beside its picture: its Markdown as it is or rendered, or why there is none.

import { getMarkdown, getPageHtml } from "./api.js";
import { copyButton } from "./copying.js";
import { drawFormulas } from "./formulas.js";
import { harmlessFragment } from "./fragment.js";
import { highlighter } from "./highlights.js";
import { gettext, interpolate } from "./i18n.js";
import { element, showProblem } from "./notice.js";
import { removePicture } from "./page_picture.js";
import { notes } from "./page_rows.js";

// Gives `fill(row)`, `isDue(row)`, and `mark(words)`.
export function pageContent(id, section) {
  const highlights = highlighter();

  const key = (row) => `${row.page.status} ${row.active} ${section.dataset.form}`;
  const isDue = (row) => row.shown !== key(row);

  async function fill(row) {
    row.shown = key(row);
    const wanted = row.shown;
    const nodes = await contentOf(id, row, section.dataset.form).catch((error) => [problem(error, () => fill(row))]);
    if (wanted !== row.shown) return;
    row.text.replaceChildren(...nodes);
    row.text.style.minHeight = "";
    showTools(id, row);
    highlights.add(row.text);
  }

  return { fill, isDue, mark: highlights.search };
}

// Its height stays, so that nothing jumps.
export function emptyRow(row) {
  if (row.element.contains(document.activeElement)) return;
  if (row.text.offsetHeight) row.text.style.minHeight = `${row.text.offsetHeight}px`;
  row.shown = "";
  row.text.replaceChildren();
  removePicture(row);
  while (row.head.children.length > 1) row.head.lastElementChild.remove();
}

async function contentOf(id, row, form) {
  const { status, number } = row.page;
  if (status === "failed") return [failure(row.page)];
  if (status !== "done") return [element("p", "small quiet", waitingWords(row))];
  if (form === "raw") return [raw(await getMarkdown(id, number))];
  const nodes = harmlessFragment(await getPageHtml(id, number));
  await drawFormulas(nodes);
  return nodes.length ? nodes : [element("p", "small quiet", gettext("This page has no text."))];
}

function raw(markdown) {
  return element("pre", "raw", markdown);
}

function waitingWords(row) {
  if (!row.active) return gettext("This page was not converted.");
  return row.page.status === "processing" ? gettext("Is being converted …") : gettext("Waits for its turn.");
}

function failure(page) {
  const box = element("div", "notice bad");
  box.append(element("p", "", gettext("This page could not be converted.")), element("p", "", page.error || ""));
  box.append(element("p", "origin", page.error_code));
  return box;
}

function problem(error, again) {
  const box = element("div", "notice bad");
  const button = element("button", "button", gettext("Try again"));
  showProblem(box, error);
  button.addEventListener("click", again);
  box.append(" ", button);
  return box;
}

function showTools(id, row) {
  while (row.head.children.length > 1) row.head.lastElementChild.remove();
  if (row.page.status !== "done") return;
  const copy = element("button", "link-button", gettext("Copy"));
  copy.setAttribute("aria-label", interpolate(gettext("Copy page %(number)s"), { number: row.page.number }, true));
  copyButton(copy, () => getMarkdown(id, row.page.number));
  row.head.append(notes(row.page), copy);
}
