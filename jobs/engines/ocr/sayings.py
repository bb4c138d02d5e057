"""What people are told of a page that was, or should have been, read as a picture."""

from collections.abc import Mapping
from typing import Any

from jobs.engines.ocr.scan import Scan


def found(number: int, read: Scan | None, nothing: bool, options: Mapping[str, Any]) -> list[str]:
    """The warnings for page `number`; `nothing` says that it is not blank and gave no text, which is said last."""
    said = []
    if read and read.unknown:
        names = ", ".join(read.unknown)
        said.append(f"No text recognition on this machine reads {names}: install Tesseract's data for it.")
    if read and read.unread:
        said.append(f"Page {number} has too many lines to read in time: the last {read.unread} were left out.")
    if nothing and options.get("ocr") == "never":
        said.append(f"Page {number} has no text and was not read as a picture: ocr=never.")
    elif nothing:
        said.append(f"Page {number} looks like a scan or a drawing, and no text could be read on it.")
    return said
