// The picture of a page, as the PDF has it.

import { pictureAddress } from "./api.js";
import { gettext, interpolate } from "./i18n.js";
import { element } from "./notice.js";

const WIDTH = Math.min(1600, Math.round(640 * Math.min(window.devicePixelRatio || 1, 2)));

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
      if (image.isConnected) row.picture.replaceChildren(element("p", "small", gettext("This page can't be drawn.")));
      resolve();
    });
  });
}

// One that is still under way is given up.
export function removePicture(row) {
  row.picture.querySelector("img")?.removeAttribute("src");
  row.picture.replaceChildren();
  row.dropPicture?.();
}

function takeShape(row, image, section) {
  const shape = `${image.naturalWidth} / ${image.naturalHeight}`;
  if (!section.style.getPropertyValue("--shape")) section.style.setProperty("--shape", shape);
  row.picture.style.setProperty("--shape", shape);
}
