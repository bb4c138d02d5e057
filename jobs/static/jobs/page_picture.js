// The picture of a page, as the PDF has it.

import { pictureAddress, whyNoPicture } from "./api.js";
import { gettext, interpolate } from "./i18n.js";
import { element } from "./notice.js";

const WIDTH = Math.min(1600, Math.round(640 * Math.min(window.devicePixelRatio || 1, 2)));

// What holds for all pages of a job need be asked once.
const ofAll = new Map();

export const hasPicture = (row) => row.picture.firstElementChild !== null;

// Gives a promise that is kept when the picture is there or can't be had. The first one's shape is what the others are
// expected to have.
export function showPicture(id, row, section) {
  const image = new Image();
  image.alt = interpolate(gettext("Page %(number)s of the PDF"), { number: row.page.number }, true);
  image.decoding = "async";
  image.src = pictureAddress(id, row.page.number, WIDTH);
  row.picture.append(image);
  return new Promise((resolve) => {
    row.dropPicture = resolve;
    image.addEventListener("load", () => {
      takeShape(row, image, section);
      resolve();
    });
    image.addEventListener("error", () => {
      resolve();
      if (image.isConnected) sayWhy(row, image.src);
    });
  });
}

// One that is still under way is given up.
export function removePicture(row) {
  row.picture.querySelector("img")?.removeAttribute("src");
  row.picture.replaceChildren();
  row.dropPicture?.();
}

async function sayWhy(row, path) {
  const text = element("p", "small", gettext("This page can't be drawn."));
  row.picture.replaceChildren(text);
  const error = ofAll.get(path.split("/pages/")[0]) ?? (await whyNoPicture(path));
  if (error?.code === "locked") ofAll.set(path.split("/pages/")[0], error);
  if (error) text.textContent = error.message;
}

function takeShape(row, image, section) {
  const shape = `${image.naturalWidth} / ${image.naturalHeight}`;
  if (!section.style.getPropertyValue("--shape")) section.style.setProperty("--shape", shape);
  row.picture.style.setProperty("--shape", shape);
}
