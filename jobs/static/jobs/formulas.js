// Draws TeX with KaTeX, which is loaded when the first formula comes.

const AT = new URL("./vendor/katex/", import.meta.url);
// A formula comes from a PDF by way of a model: it may not load or link anything, nor expand without end.
const OPTIONS = { throwOnError: false, trust: false, maxExpand: 200, maxSize: 20, strict: false };
const LONGEST = 5_000;
let loaded = null;

export async function drawFormulas(nodes) {
  const found = nodes.flatMap((node) => (node.querySelectorAll ? formulasIn(node) : []));
  if (found.length === 0) return;
  const katex = await (loaded ??= load()).catch(() => null);
  // Without it, the TeX stays as it is.
  if (katex) for (const formula of found) draw(katex, formula);
}

function formulasIn(node) {
  return node.matches(".math") ? [node] : [...node.querySelectorAll(".math")];
}

function draw(katex, formula) {
  const tex = formula.textContent;
  if (tex.length > LONGEST) return;
  formula.title = tex;
  katex.render(tex, formula, { ...OPTIONS, displayMode: formula.classList.contains("display") });
}

async function load() {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = new URL("katex.min.css", AT);
  document.head.append(sheet);
  await import(new URL("katex.min.js", AT));
  return window.katex;
}
