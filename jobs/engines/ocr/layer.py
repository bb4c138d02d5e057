"""A page that has been read, as a PDF page of its own: the upright picture under the lines of text.

The layout net and the table finder look at PDF pages; this gives them one on which nothing is turned or garbage.
"""

from collections.abc import Sequence
from statistics import median
from typing import Any

import pymupdf
from numpy import ascontiguousarray

from jobs.engines.ocr.picture import Pixels
from jobs.engines.ocr.rapid import Found

_HEIGHT = 0.72  # of a line's box is the size of its letters: the detection net leaves room around them
_ALIKE = 0.2  # sizes that differ by less are one size, measured badly
_JPEG_QUALITY = 80
_BEYOND = "\u0180"  # the first letter that Helvetica lacks


def page(pixels: Pixels, found: Sequence[Found], points: float) -> Any:
    """A page of a new document; `points` is the length of a pixel."""
    height, width = pixels.shape[:2]
    made = pymupdf.open().new_page(width=width * points, height=height * points)
    image = pymupdf.Pixmap(pymupdf.csRGB, width, height, ascontiguousarray(pixels).tobytes(), False)
    made.insert_image(made.rect, stream=image.tobytes("jpg", jpg_quality=_JPEG_QUALITY))
    sizes = _sizes([(line.box[3] - line.box[1]) * points * _HEIGHT for line in found])
    for line, size in zip(found, sizes, strict=True):
        _write(made, line.text, pymupdf.Rect(line.box) * points, size)
    return made


def _sizes(measured: list[float]) -> list[float]:
    """The sizes, those near the usual one made equal to it."""
    usual = median(measured) if measured else 10.0
    return [usual if abs(size - usual) < _ALIKE * usual else size for size in measured]


def _write(made: Any, text: str, box: Any, size: float) -> None:
    font = _font(text)
    width = font.text_length(text, size)
    start = pymupdf.Point(box.x0, box.y1 - 0.22 * box.height)
    stretch = pymupdf.Matrix(box.width / width if width else 1, 1)
    writer = pymupdf.TextWriter(made.rect)
    writer.append(start, text, font=font, fontsize=size)
    writer.write_text(made, render_mode=3, morph=(start, stretch))


def _font(text: str) -> Any:
    """Helvetica where it has all letters; else the fallback font, which has those of nearly every script."""
    return pymupdf.Font("helv" if max(text, default="") < _BEYOND else "cjk")
