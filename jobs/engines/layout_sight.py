"""A page as the passes of `layout` get it: its text layer, or what was read in its place and in its pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.engines import layout_net

# isort: split
import pymupdf

from jobs.engines.layout_passes import direction, reading, regions, symbols
from jobs.engines.layout_passes.shapes import Block, Line
from jobs.engines.ocr import deciding, mixed, scan

TEXT = pymupdf.TEXT_ACCURATE_BBOXES | pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_IGNORE_ACTUALTEXT
_SURELY_TEXT = 1000  # letters of a page that is not drawn as outlines


@dataclass
class Sight:
    """A page as the passes get it: its text layer, or what was read in its place and in its pictures."""

    page: Any
    crowd: layout_net.Crowd
    lines: list[Line]
    source: str = "text"
    pictures: list[Block] = field(default_factory=list)
    read: scan.Scan | None = None
    turned: int = 0  # degrees clockwise, to be upright

    @property
    def frame(self) -> dict[str, float]:
        size = self.page.rect
        return {"width": round(size.width, 1), "height": round(size.height, 1), "turned": self.turned}


def seen(page: Any, options: Mapping[str, Any]) -> Sight:
    crowd = layout_net.crowd(page)
    lines = _lines(page, crowd)
    look = _look(page, lines)
    if not deciding.wanted(look, options):
        return _with_pictures(Sight(page, crowd, lines), options)
    read = scan.read(page, str(options.get("ocr_language") or ""))
    upright = layout_net.crowd(read.page)
    found = _lines(read.page, upright)
    if deciding.is_better("\n".join(line.text for line in found), look, options):
        return Sight(read.page, upright, found, "ocr", read=read, turned=read.turned)
    return Sight(page, crowd, lines, read=read)


def _lines(page: Any, crowd: layout_net.Crowd) -> list[Line]:
    flags = TEXT | crowd.affords & pymupdf.TEXT_COLLECT_STYLES
    blocks = page.get_text("dict", flags=flags)["blocks"]
    if direction.is_arabic(blocks):
        blocks = direction.spelled(page.get_text("rawdict", flags=flags)["blocks"])
    if symbols.lacks_operators(blocks):
        coded = page.get_text("dict", flags=flags | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE)
        symbols.with_operators(blocks, coded["blocks"])
    return reading.lines(blocks)


def _look(page: Any, lines: list[Line]) -> deciding.Look:
    covered = sum(abs(pymupdf.Rect(image["bbox"]) & page.rect) for image in page.get_image_info())
    text = "\n".join(line.text for line in lines)
    # Drawings are only counted where they decide: it takes long on maps and plans.
    drawings = 0 if covered or len(text) > _SURELY_TEXT else len(page.get_cdrawings())
    return deciding.Look(text, covered / max(abs(page.rect), 1.0), drawings)


def _with_pictures(sight: Sight, options: Mapping[str, Any]) -> Sight:
    """What stands in pictures of text on a page that has text of its own, read."""
    if options.get("ocr") == "never":
        return sight
    spans = [span.box for line in sight.lines for span in line.spans]
    read = mixed.read(sight.page, mixed.pictures(sight.page, spans))
    lines = [[reading.guessed(line.text, line.box) for line in found] for found in read.found]
    sight.pictures = [block for some in lines if some for block in regions.from_picture(some)]
    sight.source = "mixed" if sight.pictures else sight.source
    sight.read = scan.Scan(sight.page, read.unread)
    return sight
