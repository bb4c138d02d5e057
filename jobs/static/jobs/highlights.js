// Marks the words that are searched in the pages that are loaded, without touching these.

const NAME = "found";

// Gives `search(query)`, and `add(box)` for a box whose text is new.
export function highlighter() {
  if (!window.CSS?.highlights) return { search() {}, add() {} };
  const marked = new Highlight();
  CSS.highlights.set(NAME, marked);
  let pattern = null;

  function search(query) {
    pattern = query ? patternOf(query) : null;
    marked.clear();
    for (const box of document.querySelectorAll(".page-text:not(:empty)")) add(box);
  }

  function add(box) {
    // What stood in a box that was filled anew has shrunk to nothing.
    for (const range of marked) if (range.collapsed) marked.delete(range);
    if (pattern) for (const range of ranges(box, pattern)) marked.add(range);
  }
  return { search, add };
}

function patternOf(query) {
  const words = query.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(words.join("\\s+"), "giu");
}

// Words may begin in one text node and end in another: "the <b>quick</b> fox".
function* ranges(box, pattern) {
  const nodes = [];
  let text = "";
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    nodes.push({ node: walker.currentNode, start: text.length });
    text += walker.currentNode.data;
  }
  for (const { index, 0: words } of text.matchAll(pattern)) {
    const range = new Range();
    range.setStart(...spot(nodes, index, false));
    range.setEnd(...spot(nodes, index + words.length, true));
    yield range;
  }
}

// The node and the place in it of the letter `at`; an end belongs to the node before.
function spot(nodes, at, isEnd) {
  const found = nodes.findLast(({ start }) => (isEnd ? start < at : start <= at));
  return [found.node, at - found.start];
}
