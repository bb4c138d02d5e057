"""RapidOCR: detection and reading nets (PP-OCRv6) that come inside its wheel and need no network."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from jobs.engines.ocr import picture, turning
from jobs.engines.ocr.picture import Pixels

_SURE = 0.5  # confidence below which a reading is a guess
_SAMPLE, _READ_BOTH_WAYS = 12, 5  # lines that are looked at to tell which way is up, and read where that is in doubt

# What PP-OCRv6's small net can write, in Tesseract's names; others are Tesseract's.
_SETTINGS = {
    "Global.log_level": "critical",
    "Global.use_vertical_padding": False,
    # No blowing up of flat strips to 736 pixels' height: it costs seconds and finds no more.
    "Det.limit_type": "max",
    "Det.limit_side_len": 2000,
}

_LATIN = (
    "afr aze bos cat ces cym dan deu eng est fil fin fra gle glg hrv hun ind isl ita lat lav lit ltz mlt mri msa nld "
    "nor oci pol por que ron slk slv spa sqi swa swe tgl tur uzb vie"
)
LANGUAGES = frozenset([*_LATIN.split(), "jpn", "chi_sim", "chi_tra"])


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


def read(pixels: Pixels) -> tuple[list[Found], Pixels, int]:
    """The lines of a picture, the picture as it stands upright, and the degrees it was turned clockwise for that."""
    crops, boxes = _detected(pixels)
    degrees = 0
    if len(boxes) and turning.lies_on_its_side(boxes):
        degrees = 90
        pixels = picture.turned(pixels, 90)
        crops, boxes = _detected(pixels)
    if len(boxes) and _is_upside_down(crops):
        degrees += 180
        pixels = picture.turned(pixels, 180)
        crops, boxes = [picture.turned(crop, 180) for crop in crops], turning.turned_over(boxes, pixels.shape)
    return _lines(pixels, crops, boxes), pixels, degrees


def read_if(pixels: Pixels, worth_it: Callable[[turning.Boxes], bool]) -> list[Found]:
    """The lines of an upright picture, if the boxes of its lines say that reading is worth its time."""
    crops, boxes = _detected(pixels)
    return _lines(pixels, crops, boxes) if len(boxes) and worth_it(boxes) else []


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


def _lines(pixels: Pixels, crops: list[Pixels], boxes: turning.Boxes) -> list[Found]:
    if not crops:
        return []
    middle = (pixels.shape[1] / 2, pixels.shape[0] / 2)
    boxes = turning.levelled(boxes, turning.skew(boxes), middle)
    result = _engine().recognize_txt(crops)
    return [
        Found(text.strip(), around(box))
        for text, score, box in zip(result.txts, result.scores, boxes, strict=True)
        if text.strip() and score >= _SURE
    ]


def around(box: turning.Boxes) -> tuple[float, float, float, float]:
    left, top = box.min(axis=0)
    right, bottom = box.max(axis=0)
    return float(left), float(top), float(right), float(bottom)
