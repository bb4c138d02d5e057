// The pages of a job: pictures beside Markdown, loaded as they come into view.

import { pageJump } from "./page_jump.js";
import { pageLoader } from "./page_loader.js";
import { pageRows } from "./page_rows.js";
import { resultSearch } from "./result_search.js";
import { resultModes } from "./result_modes.js";
import { scrollPlace } from "./scroll_place.js";

// Gives `show(pages, active)` for the page list, or null where the job has no pages any more.
export function resultView(id) {
  const section = document.getElementById("result");
  if (!section) return null;
  const rows = pageRows(document.getElementById("pages"));
  const place = scrollPlace(rows, document.getElementById("tools"));
  const loader = pageLoader(id, rows, section, place);
  const jump = pageJump(rows, place);
  resultModes(section, loader, place);
  resultSearch(id, place.go, loader.mark);
  let opened = false;

  function show(pages, active) {
    section.hidden = false;
    const changed = rows.show(pages, active);
    loader.watch(changed);
    jump.show(pages);
    if (!opened) place.goToAddress();
    opened = true;
  }
  return { show };
}
