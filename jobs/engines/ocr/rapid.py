"""RapidOCR: detection and reading nets (PP-OCRv6) that come inside its wheel and need no network."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from jobs.engines.ocr import picture, turning
from jobs.engines.ocr.picture import Pixels

_SURE = 0.5  # confidence below which a reading is a guess
_SAMPLE, _READ_BOTH_WAYS = 12, 5  # lines that are looked at to tell which way is up, and read where that is in doubt
_AT_ONCE = 24  # lines that are read between two looks at the clock

_SETTINGS = {
    "Global.log_level": "critical",
    "Global.use_vertical_padding": False,
    # No blowing up of flat strips to 736 pixels' height: it costs seconds and finds no more.
    "Det.limit_type": "max",
    "Det.limit_side_len": 2000,
    # One process a core is faster than two threads a process, as with the layout net.
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
}


@dataclass(frozen=True)
class Found:
    """A line of a picture: its text and its box, in pixels of the upright picture."""

    text: str
    box: tuple[float, float, float, float]


@cache
def _engine() -> Any:
    """Loaded when the first scan comes: it takes half a second and 100 MB."""
    from rapidocr import RapidOCR  # noqa: PLC0415

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return RapidOCR(params=_SETTINGS)


@dataclass(frozen=True)
class Reading:
    """The lines of a picture from its top, the upright picture, how many lines there was no time to read, and the
    degrees the picture was turned clockwise to be upright."""

    found: list[Found]
    pixels: Pixels
    unread: int = 0
    turned: int = 0


def read(pixels: Pixels, seconds: float) -> Reading:
    """Read a picture, however it lies, for so many seconds and the rest of a batch."""
    pixels, crops, boxes, turned = _upright(pixels)
    return replace(_read(pixels, crops, boxes, seconds), turned=turned)


def upright(pixels: Pixels) -> tuple[Pixels, int]:
    """The picture turned by 90, 180 or 270 degrees clockwise as its lines demand, and by how many."""
    pixels, _, _, turned = _upright(pixels)
    return pixels, turned


def _upright(pixels: Pixels) -> tuple[Pixels, list[Pixels], turning.Boxes, int]:
    crops, boxes = _detected(pixels)
    degrees = 0
    if len(boxes) and turning.lies_on_its_side(boxes):
        degrees = 90
        pixels = picture.turned(pixels, 90)
        crops, boxes = _detected(pixels)
    if len(boxes) and _is_upside_down(crops):
        degrees += 180
        pixels = picture.turned(pixels, 180)
        # What was last is first now: readings that run out of time go without the page's end.
        crops, boxes = (
            [picture.turned(crop, 180) for crop in crops[::-1]],
            turning.turned_over(boxes, pixels.shape)[::-1],
        )
    return pixels, crops, boxes, degrees


def read_upright(pixels: Pixels, seconds: float) -> Reading:
    """The same for a picture that stands upright."""
    return _read(pixels, *_detected(pixels), seconds)


def lines(pixels: Pixels) -> list[tuple[float, float, float, float]]:
    """The boxes of the lines of a picture, unread."""
    return [around(box) for box in _detected(pixels)[1]]


def _detected(pixels: Pixels) -> tuple[list[Pixels], turning.Boxes]:
    from rapidocr.main import RapidOCRError  # noqa: PLC0415

    try:
        crops, found = _engine().detect_and_crop(pixels, {})
    except RapidOCRError:
        return [], np.empty((0, 4, 2), dtype=np.float32)
    return crops, np.asarray(found.boxes, dtype=np.float32)


def _is_upside_down(crops: list[Pixels]) -> bool:
    """Whether the widest lines read better when they are turned; asked only where they look so."""
    widest = sorted(crops, key=lambda crop: -crop.shape[1])[:_SAMPLE]
    if not turning.may_be_upside_down([label for label, _ in _engine().cls_and_rotate(widest)[1].cls_res]):
        return False
    some = widest[:_READ_BOTH_WAYS]
    return _sureness([picture.turned(crop, 180) for crop in some]) > _sureness(some)


def _sureness(crops: list[Pixels]) -> float:
    return sum(map(float, _engine().recognize_txt(crops).scores)) / len(crops)


def _read(pixels: Pixels, crops: list[Pixels], boxes: turning.Boxes, seconds: float) -> Reading:
    if not crops:
        return Reading([], pixels)
    middle = (pixels.shape[1] / 2, pixels.shape[0] / 2)
    boxes = turning.levelled(boxes, turning.skew(boxes), middle)
    texts = in_time(crops, _texts, seconds)
    found = [Found(text, around(box)) for text, box in zip(texts, boxes, strict=False) if text]
    return Reading(found, pixels, len(crops) - len(texts))


def _texts(crops: list[Pixels]) -> list[str]:
    """The text of each line; empty where it is a guess."""
    result = _engine().recognize_txt(crops)
    return [text.strip() if score >= _SURE else "" for text, score in zip(result.txts, result.scores, strict=True)]


def in_time(crops: list[Pixels], texts: Callable[[list[Pixels]], list[str]], seconds: float) -> list[str]:
    """The texts of the crops from the first on, as many as so many seconds allow: a page's time must have an end."""
    until = time.monotonic() + seconds
    done: list[str] = []
    while len(done) < len(crops) and time.monotonic() < until:
        done += texts(crops[len(done) : len(done) + _AT_ONCE])
    return done


def around(box: turning.Boxes) -> tuple[float, float, float, float]:
    left, top = box.min(axis=0)
    right, bottom = box.max(axis=0)
    return float(left), float(top), float(right), float(bottom)
