// Which page is in view, and how to get to another one though the rows before it may still change their heights.

const SETTLE_MS = 2_000;
const ADDRESS_MS = 400;
const GAP_PX = 4;
const TAKES_OVER = ["wheel", "touchmove", "keydown", "pointerdown"];

// Gives `go(number)`, `index()` of the page in view, `hold(act)` to do what changes heights, `goToAddress()`, and
// `onMove(listener)`, which is called with the index.
export function scrollPlace({ list, rows, of }, tools) {
  const listeners = [];
  let current = 0;
  let target = null;
  let until = 0;
  let frame = 0;
  let timer = 0;

  // Below what stays in view. Not where that is now: it sticks only once the rows have scrolled under it.
  function top() {
    const whole = getComputedStyle(tools).display !== "contents";
    return (whole ? tools : tools.querySelector(".place")).offsetHeight + GAP_PX;
  }

  function measure() {
    frame = 0;
    const line = Math.min(top() + 40, innerHeight / 2);
    const found = lastAbove(rows, line);
    if (found === current) return;
    current = found;
    for (const listener of listeners) listener(current);
    clearTimeout(timer);
    timer = setTimeout(remember, ADDRESS_MS);
  }

  function remember() {
    const number = rows[current]?.page.number;
    if (number) history.replaceState(null, "", `#page-${number}`);
  }

  function go(number) {
    target = of(number) ?? null;
    until = performance.now() + SETTLE_MS;
    align();
  }

  function align() {
    if (!target) return;
    if (performance.now() > until) target = null;
    else scrollBy({ top: target.element.getBoundingClientRect().top - top(), behavior: "instant" });
  }

  function hold(act) {
    const row = rows[current];
    act();
    if (row && row.element.getBoundingClientRect().top < 0) go(row.page.number);
  }

  function goToAddress() {
    const number = Number(/^#page-(\d+)$/.exec(location.hash)?.[1]);
    if (number) go(number);
  }

  const schedule = () => {
    frame ||= requestAnimationFrame(measure);
  };
  addEventListener("scroll", schedule, { passive: true });
  addEventListener("hashchange", goToAddress);
  for (const name of TAKES_OVER) addEventListener(name, () => (target = null), { passive: true });
  new ResizeObserver(align).observe(list);
  return { go, hold, goToAddress, index: () => current, onMove: (listener) => listeners.push(listener) };
}

// The last row that begins above `line`, by halving: reading a place is cheap, but not a thousand times.
function lastAbove(rows, line) {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (rows[middle].element.getBoundingClientRect().top <= line) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
