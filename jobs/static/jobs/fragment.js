// The server's rendered pages, which it has cleaned of all that could do harm: the only way for markup into a page.

// Gives the nodes of `html`. They are parsed where nothing runs and nothing is loaded.
export function harmlessFragment(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  setLevels(body);
  for (const table of body.querySelectorAll("table")) makeScrollable(table);
  for (const code of body.querySelectorAll("pre")) code.tabIndex = 0;
  for (const link of body.querySelectorAll("a[href]")) link.target = "_blank";
  for (const image of body.querySelectorAll("img")) image.loading = "lazy";
  return [...body.childNodes].filter((node) => node.nodeType === Node.ELEMENT_NODE || node.textContent.trim());
}

// The document's headings stand below the page's own, and none is skipped.
function setLevels(body) {
  let above = 3;
  for (const heading of body.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    above = Math.min(Number(heading.localName[1]) + 3, above + 1);
    heading.setAttribute("aria-level", above);
  }
}

function makeScrollable(table) {
  const box = document.createElement("div");
  box.className = "table-box";
  box.tabIndex = 0;
  table.replaceWith(box);
  box.append(table);
}
