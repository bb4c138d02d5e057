// The whole page takes dropped files and folders.

// A folder that holds more than that is somebody's disk.
const MOST_FILES = 5_000;

// `dropped` is called with the DataTransfer of each drop.
export function dropZone(dropped) {
  const veil = document.getElementById("drop-here");

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
    dropped(event.dataTransfer);
  });
}

// All files of a drop, those in dropped folders too, and whether there were folders.
export async function droppedFiles(transfer) {
  // All at once: after the first wait the browser takes the items away.
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const found = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }));
  const folders = found.map(({ entry }) => entry).filter((entry) => entry?.isDirectory);
  const files = found.filter(({ entry }) => !entry?.isDirectory).map(({ file }) => file);
  for (const folder of folders) await walk(folder, files);
  return { files: files.filter(Boolean), fromFolder: folders.length > 0 };
}

async function walk(folder, files) {
  const reader = folder.createReader();
  // It gives some entries at a time, at last none.
  for (let some = await entries(reader); some.length > 0; some = await entries(reader)) {
    for (const entry of some) {
      if (files.length >= MOST_FILES) return;
      if (entry.isDirectory) await walk(entry, files);
      else files.push(await fileOf(entry));
    }
  }
}

// What can't be read is left out.
const entries = (reader) => new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
const fileOf = (entry) => new Promise((resolve) => entry.file(resolve, () => resolve(null)));
