// Full-text search: the server finds the pages, the list leads there, and the words are marked in the pages.

import { searchPages } from "./api.js";
import { gettext, interpolate, ngettext } from "./i18n.js";
import { element, setText } from "./notice.js";

const PAUSE_MS = 300;
const LEAST_LETTERS = 2;

// `go` is called with the page to show, `mark` with the words to mark.
export function resultSearch(id, go, mark) {
  const words = document.getElementById("search-words");
  const panel = document.getElementById("found");
  const summary = document.getElementById("search-summary");
  const hits = document.getElementById("hits");
  let timer = 0;
  let asked = "";

  async function search() {
    clearTimeout(timer);
    const query = words.value.trim();
    if (query === asked) return;
    asked = query;
    mark(query.length < LEAST_LETTERS ? "" : query);
    if (query.length < LEAST_LETTERS) return close();
    try {
      const found = await searchPages(id, query);
      if (query === asked) show(found);
    } catch (error) {
      if (query === asked) fail(error);
    }
  }

  function show(found) {
    panel.hidden = false;
    setText(summary, summaryOf(found));
    hits.replaceChildren(...found.pages.map(hit));
    hits.scrollTop = 0;
  }

  function fail(error) {
    asked = "";
    panel.hidden = false;
    setText(summary, error.message);
    hits.replaceChildren();
  }

  function close() {
    panel.hidden = true;
    hits.replaceChildren();
  }

  function clear() {
    words.value = "";
    search();
    words.focus();
  }

  document.getElementById("search").addEventListener("submit", search);
  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  words.addEventListener("keydown", (event) => event.key === "Escape" && clear());
  document.getElementById("search-close").addEventListener("click", clear);
  hits.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    go(Number(link.dataset.number));
  });
}

function summaryOf({ matches, pages_found, pages, truncated }) {
  if (matches === 0) return gettext("Found nowhere in the pages that are done.");
  const found = interpolate(ngettext("Found %(matches)s time", "Found %(matches)s times", matches), { matches }, true);
  const count = pages_found;
  const on = interpolate(ngettext("on %(count)s page", "on %(count)s pages", count), { count }, true);
  const cut = truncated ? interpolate(gettext("; the first %(count)s are listed"), { count: pages.length }, true) : "";
  return `${found} ${on}${cut}`;
}

function hit({ number, matches, snippets }) {
  const link = element("a", "hit");
  link.href = `#page-${number}`;
  link.dataset.number = number;
  const title = interpolate(gettext("Page %(number)s"), { number }, true);
  link.append(element("span", "hit-page", matches > 1 ? `${title} (${matches})` : title), words(snippets[0]));
  const item = element("li");
  item.append(link);
  return item;
}

function words({ before, match, after }) {
  const line = element("span", "hit-words");
  line.append(before, element("mark", "", match), after);
  return line;
}
