// Fills the rows that are in view or near it, a few at a time and the nearest first; empties those that are far away.

import { pictureAddress } from "./api.js";
import { emptyRow, pageContent, showPicture } from "./page_content.js";

const NEAR = "100% 0px";
const FAR = "600% 0px";
const AT_ONCE = 3;
// Whoever drags the scroll bar along passes pages that need not be loaded.
const SETTLE_MS = 80;
const PICTURE_WIDTH = Math.min(1600, Math.round(640 * Math.min(window.devicePixelRatio || 1, 2)));

// `place` tells the page in view. Gives `watch(rows)`, `reload()` after the form has changed, and `mark(words)` for what
// is searched.
export function pageLoader(id, { rows }, section, place) {
  const near = new Set();
  const content = pageContent(id, section);
  const rowOf = new Map();
  let loading = 0;
  let timer = 0;

  const approaching = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) near.add(rowOf.get(target));
      else near.delete(rowOf.get(target));
    }
    soon();
  }, { rootMargin: NEAR });

  const leaving = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (!isIntersecting) emptyRow(rowOf.get(target));
  }, { rootMargin: FAR });

  function watch(changed) {
    for (const row of changed) {
      row.shown = "";
      if (rowOf.has(row.element)) continue;
      rowOf.set(row.element, row);
      approaching.observe(row.element);
      leaving.observe(row.element);
    }
    soon();
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(next, SETTLE_MS);
  }

  async function next() {
    const row = nearest();
    if (!row || loading >= AT_ONCE) return;
    loading += 1;
    next();
    showPicture(row, pictureAddress(id, row.page.number, PICTURE_WIDTH), section);
    await content.fill(row);
    loading -= 1;
    next();
  }

  function nearest() {
    const here = place.index();
    const due = [...near].filter((row) => content.isDue(row));
    return due.sort((a, b) => Math.abs(a.index - here) - Math.abs(b.index - here))[0];
  }

  function reload() {
    for (const row of rows) row.shown = "";
    soon();
  }

  return { watch, reload, mark: content.mark };
}
