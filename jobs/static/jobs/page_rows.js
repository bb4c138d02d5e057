// One row a page: light as long as it is out of sight, so that a thousand of them are no burden.

import { gettext, interpolate } from "./i18n.js";
import { element, setText } from "./notice.js";

const SOURCES = {
  ocr: gettext("read by OCR"),
  mixed: gettext("partly read by OCR"),
  vision: gettext("read by a vision model"),
  none: gettext("no text found"),
};

// Gives `show(pages, active)`, which gives the rows that are new or became something else; `rows` in order, and
// `of(number)`. A row is { element, text, picture, page, active }.
export function pageRows(list) {
  const template = document.getElementById("page-row").content.firstElementChild;
  const byNumber = new Map();
  const rows = [];

  function show(pages, active) {
    const fresh = document.createDocumentFragment();
    const changed = pages.filter((page) => differs(byNumber.get(page.number), page, active));
    for (const page of changed) {
      if (!byNumber.has(page.number)) fresh.append(add(page).element);
      update(byNumber.get(page.number), page, active);
    }
    list.append(fresh);
    return changed.map((page) => byNumber.get(page.number));
  }

  function add(page) {
    const node = template.cloneNode(true);
    node.id = `page-${page.number}`;
    const [head, picture, text] = node.children;
    const row = { element: node, head, picture, text, index: rows.length, page: null, active: true };
    rows.push(row);
    byNumber.set(page.number, row);
    return row;
  }

  return { list, rows, show, of: (number) => byNumber.get(number) };
}

function differs(row, page, active) {
  return !row || row.page.status !== page.status || (row.active !== active && page.status !== "done");
}

function update(row, page, active) {
  row.page = page;
  row.active = active;
  row.element.dataset.status = page.status;
  setText(row.head.firstElementChild, interpolate(gettext("Page %(number)s"), { number: page.number }, true));
}

// What is to be known of a page beside its text.
export function notes(page) {
  const label = page.label && page.label !== String(page.number);
  const printed = label ? interpolate(gettext("printed as %(label)s"), { label: page.label }, true) : "";
  const said = [printed, SOURCES[page.source], ...page.warnings].filter(Boolean);
  return element("span", "small page-notes", said.join(" · "));
}
