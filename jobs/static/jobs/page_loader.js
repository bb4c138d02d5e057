// Fills the rows that are in view or near it, a few at a time and the nearest first; empties those that are far away.

import { emptyRow, pageContent } from "./page_content.js";
import { hasPicture, showPicture } from "./page_picture.js";

const NEAR = "100% 0px";
const FAR = "600% 0px";
// Fewer than the connections that a browser has for a server: pictures take long, and must not hold up the rest.
const TEXTS_AT_ONCE = 3;
const PICTURES_AT_ONCE = 2;
// Whoever drags the scroll bar along passes pages that need not be loaded.
const SETTLE_MS = 80;

// `place` tells the page in view. Gives `watch(rows)`, `soon()` and `reload()` after other things or all are to be shown,
// and `mark(words)` for what is searched.
export function pageLoader(id, { rows }, section, place) {
  const near = new Set();
  const content = pageContent(id, section);
  const rowOf = new Map();
  const nearest = (isDue) => closest([...near].filter(isDue), place.index());
  const texts = lane(TEXTS_AT_ONCE, () => nearest(content.isDue), content.fill);
  const wantsPicture = (row) => section.dataset.layout !== "text" && !hasPicture(row);
  const pictures = lane(PICTURES_AT_ONCE, () => nearest(wantsPicture), (row) => showPicture(id, row, section));
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
    timer = setTimeout(() => {
      texts();
      pictures();
    }, SETTLE_MS);
  }

  function reload() {
    for (const row of rows) row.shown = "";
    soon();
  }

  return { watch, reload, soon, mark: content.mark };
}

// Gives a function that works on what `next` gives until there is nothing more, `most` at a time. `work` must have
// marked its row when it gives its promise.
function lane(most, next, work) {
  let working = 0;
  return async function run() {
    const row = working < most ? next() : null;
    if (!row) return;
    working += 1;
    const done = work(row);
    run();
    await done;
    working -= 1;
    run();
  };
}

function closest(rows, index) {
  return rows.sort((a, b) => Math.abs(a.index - index) - Math.abs(b.index - index))[0];
}
