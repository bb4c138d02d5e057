"""Which way a page lies, so that the model gets it upright: models misread what stands on its side. In the sandbox."""

from typing import Any

from jobs.engines.fast_rules import reading
from jobs.engines.ocr import picture, rapid

_LETTERS = 20  # of a text layer that are enough to tell
_GLIMPSE = 1000  # pixels of the longer side: enough to see which way lines run, in a quarter of the time


def degrees(page: Any) -> int:
    """By how many degrees clockwise `page` must be turned to be upright: as its text runs, or if it is a scan without,
    as the lines seem to run that can be seen on it."""
    found = page.get_text("dict", flags=reading.FLAGS)
    if _letters(found) >= _LETTERS:
        return (reading.lying(found) - int(page.rotation)) % 360  # the text comes as if the PDF had not turned the page
    if not page.get_images():
        return 0
    return rapid.upright(picture.reduced(picture.rendered(page), _GLIMPSE))[1] % 360


def _letters(found: dict[str, Any]) -> int:
    lines = (line for block in found["blocks"] if block["type"] == 0 for line in block["lines"])
    return sum(sign.isalnum() for line in lines for span in line["spans"] for sign in span["text"])
