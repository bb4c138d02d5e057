"""Pictures full of text on pages that have text besides: a scanned table in a slide, a pasted letter."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymupdf

from jobs.engines.ocr import picture, rapid
from jobs.engines.ocr.picture import Pixels
from jobs.engines.ocr.rapid import Found

_Box = tuple[float, float, float, float]

_SMALLEST, _BIGGEST = 0.06, 0.9  # share of the page; bigger ones lie behind the text
_LINES, _DENSE = 6, 0.35  # a picture is read for so many lines that cover so much of it; a chart has fewer
_EDGE, _EDGES = 60, 0.03  # a step in brightness (of 255), and the share of the pixels at one that letters make
_GLIMPSE = 480  # pixels on the longer side of a picture that is only looked at
_MOST_SIGNS = 10  # of the page's own text over a picture that is still to be read
_LOOKED_AT = 20  # pictures of a page, the biggest
_MOST_PICTURES, _SECONDS = 4, 30.0  # on one page, and for all of them


def pictures(page: Any, letters: Sequence[_Box]) -> list[_Box]:
    """The boxes of pictures on the page that may hold text nobody else gives. `letters` are the boxes of its text."""
    whole = abs(page.rect) or 1.0
    boxes = [pymupdf.Rect(image["bbox"]) & page.rect for image in page.get_image_info()]
    big = [box for box in boxes if _SMALLEST < abs(box) / whole < _BIGGEST]
    biggest = sorted(big, key=abs, reverse=True)[:_LOOKED_AT]
    bare = [box for box in biggest if sum(_inside(other, box) for other in letters) < _MOST_SIGNS]
    return [tuple(box) for box in bare[:_MOST_PICTURES]]


def _inside(box: _Box, picture_box: Any) -> bool:
    return bool(picture_box.contains(pymupdf.Point((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)))


@dataclass
class Read:
    """The lines of each picture, in points of the page, and how many there was no time for."""

    found: list[list[Found]] = field(default_factory=list)
    unread: int = 0


def read(page: Any, boxes: Sequence[_Box]) -> Read:
    """Read the pictures in `boxes`; nothing comes of one that is no picture of text."""
    read, until = Read(), time.monotonic() + _SECONDS
    for box in boxes:
        pixels = picture.rendered(page, box)
        if _may_be_text(pixels) and _is_dense(*_glimpsed(pixels)):
            reading = rapid.read_upright(pixels, until - time.monotonic())
            points = (box[2] - box[0]) / pixels.shape[1]
            read.found.append([Found(line.text, _moved(line.box, points, box)) for line in reading.found])
            read.unread += reading.unread
    return read


def _glimpsed(pixels: Pixels) -> tuple[list[_Box], float]:
    """Where lines of text seem to be, and the area of the picture: seen small, which takes a quarter of the time."""
    small = picture.reduced(pixels, _GLIMPSE)
    return rapid.lines(small), small.size / 3


def _may_be_text(pixels: Pixels) -> bool:
    """Whether there are as many sharp edges as letters make: spares the net most photos."""
    steps = np.abs(np.diff(pixels.mean(axis=2, dtype=np.float32), axis=1)) > _EDGE
    return bool(steps.size and steps.mean() > _EDGES)


def _is_dense(lines: Iterable[_Box], area: float) -> bool:
    sizes = [(right - left) * (bottom - top) for left, top, right, bottom in lines]
    return len(sizes) >= _LINES and sum(sizes) >= _DENSE * area


def _moved(line: _Box, points: float, to: _Box) -> _Box:
    left, top, right, bottom = (value * points for value in line)
    return left + to[0], top + to[1], right + to[0], bottom + to[1]
