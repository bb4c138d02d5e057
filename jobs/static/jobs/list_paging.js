// The line below the list: from page to page.

import { gettext, interpolate } from "./i18n.js";
import { isEnabled, setEnabled, setText } from "./notice.js";

// `moved` is called when somebody goes to another page.
export function listPaging(query, moved) {
  const nav = document.getElementById("paging");
  const steps = [
    { link: document.getElementById("paging-previous"), by: -1 },
    { link: document.getElementById("paging-next"), by: 1 },
  ];
  for (const { link, by } of steps) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      if (!isEnabled(link)) return;
      moved();
      query.go({ page: pageNumber(query.page() + by) });
    });
  }

  function show(answer) {
    const there = { "-1": answer.previous !== null, 1: answer.next !== null };
    for (const { link, by } of steps) {
      setEnabled(link, there[by]);
      if (there[by]) link.href = query.address({ page: query.page() + by });
      else link.removeAttribute("href");
    }
    nav.hidden = !there[-1] && !there[1];
    const pages = Math.max(1, Math.ceil(answer.count / query.pageSize()));
    const text = interpolate(gettext("Page %(number)s of %(pages)s"), { number: query.page(), pages }, true);
    setText(document.getElementById("paging-place"), text);
  }
  return { show };
}

// The first page needs no mention in the address.
const pageNumber = (number) => (number > 1 ? String(number) : "");
