// To a page by its number, to the one before and the next, and to those that failed.

import { interpolate, ngettext, gettext } from "./i18n.js";
import { isEnabled, setEnabled, setText } from "./notice.js";

// Gives `show(pages)`.
export function pageJump({ rows }, place) {
  const number = document.getElementById("jump-number");
  const previous = document.getElementById("page-previous");
  const next = document.getElementById("page-next");
  const failed = document.getElementById("next-failed");

  const goTo = (index) => rows[index] && place.go(rows[index].page.number);

  function moved(index) {
    if (document.activeElement !== number && rows[index]) number.value = rows[index].page.number;
    setEnabled(previous, index > 0);
    setEnabled(next, index < rows.length - 1);
  }

  // The page that was asked for, or the next one that the job has.
  function jump() {
    const wanted = rows.findIndex((row) => row.page.number >= Number(number.value));
    goTo(wanted < 0 ? rows.length - 1 : wanted);
    number.select();
  }

  function goToFailed() {
    const bad = rows.filter((row) => row.page.status === "failed");
    const after = bad.find((row) => row.index > place.index()) ?? bad[0];
    if (after) place.go(after.page.number);
  }

  function show(pages) {
    const count = pages.filter((page) => page.status === "failed").length;
    failed.hidden = count === 0;
    setText(failed, interpolate(ngettext("%(count)s failed page", "%(count)s failed pages", count), { count }, true));
    number.max = rows.at(-1)?.page.number ?? 1;
    setText(document.getElementById("jump-total"), interpolate(gettext("of %(total)s"), { total: number.max }, true));
    moved(place.index());
  }

  document.getElementById("jump").addEventListener("submit", jump);
  number.addEventListener("change", jump);
  previous.addEventListener("click", () => isEnabled(previous) && goTo(place.index() - 1));
  next.addEventListener("click", () => isEnabled(next) && goTo(place.index() + 1));
  failed.addEventListener("click", goToFailed);
  place.onMove(moved);
  return { show };
}
