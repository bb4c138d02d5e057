"""The model behind `vision_server`: an OCR engine that makes simple Markdown of a picture.

White gaps part columns and paragraphs; what is set bigger is a heading, rows of equally many cells are a table.
"""

import threading
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any

import pymupdf

# For pictures that stand upright, and for the sake of those that share the machine.
_SETTINGS = {
    "Global.log_level": "critical",
    "Global.use_cls": False,
    "Global.use_vertical_padding": False,
    "Det.limit_type": "max",
    "Det.limit_side_len": 2000,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}
_GUTTER, _LEADING, _BIG = 1.2, 0.9, 1.4  # in heights of a line
_FEWEST, _MOST_OF_HEADING = 3, 2  # lines
_reading = threading.Lock()


@dataclass(frozen=True)
class _Piece:
    """A piece of a line; its edges in pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


@cache
def markdown(picture: bytes) -> str:
    """What stands on the picture."""
    with _reading:
        seen = _engine()(picture)
    if seen.txts is None:
        return ""
    pieces = [
        _Piece(text, *map(float, (*corners.min(axis=0), *corners.max(axis=0))))
        for corners, text in zip(seen.boxes, seen.txts, strict=True)
    ]
    usual = median(piece.height for piece in pieces)
    return "\n\n".join(_written(block, usual) for block in _blocks(pieces, usual))


def wake() -> None:
    """Load the nets now, not while somebody waits."""
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 200, 80))
    pixels.clear_with(255)
    markdown(pixels.tobytes("jpeg"))


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params=_SETTINGS)


def _blocks(pieces: list[_Piece], usual: float) -> list[list[_Piece]]:
    """The pieces by columns and paragraphs, in reading order."""
    for edges, least, fewest in ((("left", "right"), _GUTTER, _FEWEST), (("top", "bottom"), _LEADING, 1)):
        parts = _cut(pieces, *edges, least * usual)
        if parts and min(map(len, parts)) >= fewest:
            return [block for part in parts for block in _blocks(part, usual)]
    return [pieces]


def _cut(pieces: list[_Piece], start: str, end: str, least: float) -> tuple[list[_Piece], list[_Piece]] | None:
    """The pieces before and behind the widest white gap, if there is one of `least` pixels."""
    ordered = sorted(pieces, key=lambda piece: float(getattr(piece, start)))
    reach, best, at = getattr(ordered[0], end), least, 0
    for number, piece in enumerate(ordered):
        if getattr(piece, start) - reach > best:
            best, at = getattr(piece, start) - reach, number
        reach = max(reach, getattr(piece, end))
    return (ordered[:at], ordered[at:]) if at else None


def _written(block: list[_Piece], usual: float) -> str:
    rows = _rows(block)
    if len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
        lines = ["| " + " | ".join(piece.text.replace("|", "\\|") for piece in row) + " |" for row in rows]
        return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])
    text = " ".join(piece.text for row in rows for piece in row)
    is_big = median(piece.height for piece in block) > _BIG * usual and len(rows) <= _MOST_OF_HEADING
    return f"# {text}" if is_big else text


def _rows(block: list[_Piece]) -> list[list[_Piece]]:
    rows: list[list[_Piece]] = []
    for piece in sorted(block, key=lambda piece: piece.top + piece.bottom):
        if (
            rows
            and (piece.top + piece.bottom) / 2 < rows[-1][0].bottom
            and piece.top > rows[-1][0].top - piece.height / 2
        ):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]
