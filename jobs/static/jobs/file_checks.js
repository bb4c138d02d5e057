// Spares people the upload of what would be refused at its end. What passes here may still be refused there.

import { problemFrom } from "./api.js";
import { gettext, interpolate } from "./i18n.js";
import { size } from "./words.js";

// As the server does: readers allow some bytes before the header.
const HEADER_WITHIN = 1024;

// Throws a Problem.
export async function checkFile(file, options) {
  const limits = document.getElementById("upload-limits").dataset;
  checkSize(file, Number(limits.uploadBytes));
  const begin = await beginning(file);
  if (!begin.includes("%PDF-")) {
    throw problem("not_a_pdf", 415, gettext("The file does not start like a PDF. Only PDF files can be converted."));
  }
  if (!options.pages) checkPages(saidPages(begin, file.size), Number(limits.pages));
}

function checkSize(file, most) {
  if (file.size === 0) {
    throw problem("empty_file", 400, gettext("The file has no content. Choose the file again."));
  }
  if (file.size > most) {
    const text = gettext("The file has %(size)s, at most %(most)s are taken. Split the PDF, or ask the operator.");
    throw problem("too_large", 413, interpolate(text, { size: size(file.size), most: size(most) }, true));
  }
}

function checkPages(pages, most) {
  if (pages <= most) return;
  const text = gettext(
    'The PDF has %(pages)s pages, at most %(most)s are converted in one job. Send it in parts, the first with pages set to "1-%(most)s".',
  );
  throw problem("too_many_pages", 422, interpolate(text, { pages, most }, true));
}

async function beginning(file) {
  try {
    return new TextDecoder("latin1").decode(await file.slice(0, HEADER_WITHIN).arrayBuffer());
  } catch {
    throw problem("unreadable_file", 400, gettext("The browser can't read this file. Choose it again."));
  }
}

// A linearized PDF tells its pages in the first object (ISO 32000-2, annex F.3.3); others say 0 here. If the length
// that it tells is not the file's, it was changed since, and the number with it.
function saidPages(begin, length) {
  const said = (key) => Number(begin.match(new RegExp(`/${key}\\s+(\\d+)`))?.[1] ?? 0);
  return begin.includes("/Linearized") && said("L") === length ? said("N") : 0;
}

const problem = (code, status, detail) => problemFrom(JSON.stringify({ code, detail }), status);
