"""A page read as a picture: what `layout` asks for."""

from dataclasses import dataclass, field
from typing import Any

from jobs.engines.ocr import languages, layer, picture, rapid, tesseract

_SECONDS = 35.0  # for the lines of one page; most take 10


@dataclass
class Scan:
    """`page` is a PDF page with the text that was found, upright; `unread` counts the lines of it for which there was
    no time, `unknown` are the languages asked for that nothing here reads; `turned` is by how many degrees clockwise
    it was turned."""

    page: Any
    unread: int = 0
    unknown: list[str] = field(default_factory=list)
    turned: int = 0


def read(page: Any, language: str = "") -> Scan:
    """Read a page in the languages named (see `languages.codes`); empty: Latin scripts, Chinese, Japanese."""
    pixels = picture.rendered(page)
    points = page.rect.width / pixels.shape[1]
    asked = languages.codes(language)
    foreign = [code for code in asked if code not in languages.BUILT_IN]
    if foreign and languages.installed().issuperset(asked):
        return _by_tesseract(pixels, points, asked)
    reading = rapid.read(pixels, _SECONDS)
    return Scan(layer.page(reading.pixels, reading.found, points), reading.unread, foreign, reading.turned)


def _by_tesseract(pixels: picture.Pixels, points: float, asked: list[str]) -> Scan:
    upright, turned = rapid.upright(pixels)
    found = tesseract.read(layer.page(upright, [], points), asked)
    in_pixels = [rapid.Found(line.text, tuple(value / points for value in line.box)) for line in found]  # type: ignore[arg-type]
    return Scan(layer.page(upright, in_pixels, points), turned=turned)
