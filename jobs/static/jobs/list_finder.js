// The line above the list: filters with counts, search, order.

import { setText } from "./notice.js";
import { ownJobs } from "./own_jobs.js";
import { counted } from "./words.js";

const SEARCH_PAUSE_MS = 300;

// Gives `show(groups)`, which brings the line up to date with the address and the counts.
export function listFinder(query) {
  const filters = [...document.querySelectorAll("#filters [data-group]")];
  const search = document.getElementById("search-words");
  const ordering = document.getElementById("ordering");
  let timer = 0;

  for (const filter of filters) {
    filter.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      query.go(choice(filter.dataset.group));
    });
  }
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(find, SEARCH_PAUSE_MS);
  });
  ordering.addEventListener("change", () => query.go({ ordering: ordering.selectedIndex ? ordering.value : "" }));
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    find();
  });

  // While somebody is typing, each letter is no step of its own in the browser's history.
  const find = () => query.go({ search: search.value.trim() }, { replace: query.get("search") !== "" });

  function show(groups) {
    const all = groups.active + groups.attention + groups.done;
    for (const [name, count] of Object.entries({ all, ...groups })) {
      setText(document.querySelector(`#filters [data-count="${name}"]`), counted("%(count)s", count));
    }
    markChosen();
    if (document.activeElement !== search) search.value = query.get("search");
    ordering.value = query.get("ordering") || "-created_at";
  }

  function markChosen() {
    const chosen = query.get("mine") ? "mine" : query.get("group");
    for (const filter of filters) {
      if (filter.dataset.group === chosen) filter.setAttribute("aria-current", "true");
      else filter.removeAttribute("aria-current");
    }
    document.getElementById("filter-mine").hidden = ownJobs().length === 0 && chosen !== "mine";
  }
  return { show };
}

const choice = (group) => (group === "mine" ? { mine: "1", group: "" } : { mine: "", group });
