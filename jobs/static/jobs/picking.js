// The ways in which files come: chosen, a folder chosen, dropped, pasted.

import { droppedFiles, dropZone } from "./drop_zone.js";
import { gettext, ngettext } from "./i18n.js";
import { setText } from "./notice.js";
import { counted } from "./words.js";

// As many as a page can show without becoming slow; the rest can follow.
const MOST = 500;

// `add` is called with files to upload.
export function picking(add) {
  const note = document.getElementById("pick-note");

  // What somebody chose one by one is tried in any case: the check says what is wrong with it. Of a folder the PDFs count.
  function take(files, { fromFolder = false } = {}) {
    const wanted = fromFolder ? files.filter(isPdf) : files;
    const notes = [
      wanted.length < files.length ? leftOut(files.length - wanted.length) : "",
      wanted.length > MOST ? tooMany() : "",
      fromFolder && files.length === 0 ? gettext("There are no files in this folder.") : "",
    ].filter(Boolean);
    setText(note, notes.join(" "));
    note.hidden = notes.length === 0;
    add(wanted.slice(0, MOST));
  }

  wirePicker(document.getElementById("files"), (files) => take(files));
  wirePicker(document.getElementById("folder"), (files) => take(files, { fromFolder: true }));
  dropZone(async (transfer) => {
    const { files, fromFolder } = await droppedFiles(transfer);
    take(files, { fromFolder });
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return; // text, for a field
    event.preventDefault();
    take(files);
  });
}

function wirePicker(picker, take) {
  picker.addEventListener("change", () => {
    take([...picker.files]);
    picker.value = ""; // so that the same file can be picked again
  });
}

const isPdf = (file) => file.type === "application/pdf" || file.name.toLowerCase().endsWith(".pdf");

const leftOut = (count) =>
  counted(
    ngettext("%(count)s file is no PDF and was left out.", "%(count)s files are no PDFs and were left out.", count),
    count,
  );

const tooMany = () => counted(gettext("Only the first %(count)s files were taken. Send the rest afterwards."), MOST);
