// The whole page takes dropped files.

import { hide, setText } from "./notice.js";

// `add` is called with the files of each drop.
export function dropZone(add) {
  const veil = document.getElementById("drop-here");
  const problem = document.getElementById("drop-problem");

  function on(name, act) {
    document.addEventListener(name, (event) => {
      if (event.dataTransfer?.types.includes("Files")) act(event);
    });
  }

  on("dragenter", () => {
    veil.hidden = false;
  });
  on("dragleave", (event) => {
    // Each element under the mouse sends a leave of its own; only the last one goes nowhere.
    if (event.relatedTarget === null) veil.hidden = true;
  });
  on("dragover", (event) => event.preventDefault());
  on("drop", (event) => {
    event.preventDefault();
    veil.hidden = true;
    hide(problem);
    const { files, hasFolder } = dropped(event.dataTransfer);
    if (hasFolder) {
      setText(problem, "Folders can't be dropped here. Open the folder and drop the PDFs that are in it.");
      problem.hidden = false;
    }
    add(files);
  });
}

// A dropped folder looks like a file, but one that can't be read.
function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory === true;
  const files = items.filter((item) => !isFolder(item)).map((item) => item.getAsFile());
  return { files, hasFolder: items.some(isFolder) };
}
