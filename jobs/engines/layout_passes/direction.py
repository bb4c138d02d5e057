"""Right-to-left scripts: the PDF's own order of spans, no emphasis (its marks would be read from the wrong side)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from jobs.engines.layout_passes.shapes import Line

_RIGHT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_NO_WIDTH = 0.05  # points
_ALEFS, _LAM = "\u0627\u0623\u0625\u0622", "\u0644"
_LEFT = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u04ff]")


def is_right_to_left(lines: list[Line]) -> bool:
    text = "".join(line.text for line in lines)
    return len(_RIGHT.findall(text)) > len(_LEFT.findall(text))


def plain(lines: list[Line]) -> list[Line]:
    return [
        Line([replace(span, bold=False, italic=False, raised=False, lowered=False) for span in line.spans])
        for line in lines
    ]


def is_arabic(blocks: Iterable[Mapping[str, Any]]) -> bool:
    """Whether `page.get_text("dict")["blocks"]` hold Arabic letters."""
    spans = (span for block in blocks for line in block.get("lines", ()) for span in line["spans"])
    return any(_ARABIC.search(span["text"]) for span in spans)


def spelled(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Blocks of `page.get_text("rawdict")` as those of "dict", the parts of the ligature lam-alef in their order."""
    return [dict(block, lines=[_spelled(line) for line in block.get("lines", ())]) for block in blocks]


def _spelled(line: Mapping[str, Any]) -> dict[str, Any]:
    return dict(line, spans=[dict(span, text=_text(span["chars"])) for span in line["spans"]])


def _text(letters: list[Mapping[str, Any]]) -> str:
    """One glyph for two letters gives the width to one of them, and they come in the order of the line."""
    text = [letter["c"] for letter in letters]
    for at, letter in enumerate(letters[:-1]):
        if letter["c"] in _ALEFS and text[at + 1] == _LAM and letter["bbox"][2] - letter["bbox"][0] < _NO_WIDTH:
            text[at], text[at + 1] = text[at + 1], text[at]
    return "".join(text)
