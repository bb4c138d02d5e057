// How much room the jobs take. Asked for only when jobs came, ended or went: the list's own refresh is one request.

import { getStorage } from "./api.js";
import { gettext, interpolate } from "./i18n.js";
import { setText } from "./notice.js";
import { size } from "./words.js";

export function storageMeter() {
  let known = "";

  // `groups` counts the jobs; the server has drawn what was true at the first time.
  function show(groups) {
    const key = JSON.stringify(groups);
    const isNews = known !== "" && known !== key;
    known = key;
    if (isNews) getStorage().then(fill, () => {}); // the list itself says when the server does not answer
  }
  return { show };
}

function fill({ used_bytes, max_bytes, jobs, max_jobs }) {
  const meter = document.getElementById("storage-meter");
  meter.max = max_bytes;
  meter.value = used_bytes;
  const text = gettext("%(used)s of %(most)s, %(jobs)s of %(most_jobs)s jobs.");
  const words = { used: size(used_bytes), most: size(max_bytes), jobs, most_jobs: max_jobs };
  setText(document.getElementById("storage-text"), interpolate(text, words, true));
}
