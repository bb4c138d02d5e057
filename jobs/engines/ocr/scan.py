"""A page read as a picture: what `layout` asks for."""

from dataclasses import dataclass, field
from typing import Any

from jobs.engines.ocr import layer, picture, rapid, tesseract


@dataclass
class Scan:
    """`page` is a PDF page with the text that was found, upright; `lines` counts it; `turned` is by how many degrees
    clockwise it was turned; `warnings` are for people."""

    page: Any
    lines: int
    turned: int
    warnings: list[str] = field(default_factory=list)


def read(page: Any, language: str = "") -> Scan:
    """Read a page in the languages named (see `tesseract.codes`); empty: Latin scripts, Chinese, Japanese."""
    pixels = picture.rendered(page)
    points = page.rect.width / pixels.shape[1]
    found, upright, turned = rapid.read(pixels)
    asked = tesseract.codes(language)
    foreign = [code for code in asked if code not in rapid.LANGUAGES]
    warnings = []
    if foreign and tesseract.installed().issuperset(asked):
        blank = layer.page(upright, [], points)
        found, scale = tesseract.read(blank, asked), 1.0 / points
        found = [rapid.Found(line.text, tuple(value * scale for value in line.box)) for line in found]
    elif foreign:
        warnings = [f"No text recognition on this machine reads {', '.join(foreign)}: install Tesseract's data for it."]
    return Scan(layer.page(upright, found, points), len(found), turned, warnings)
