"""From PyMuPDF's dictionaries to lines of spans."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from jobs.engines.geometry import Box
from jobs.engines.layout_passes.direction import is_right_to_left
from jobs.engines.layout_passes.glyphs import cleaned
from jobs.engines.layout_passes.shapes import Line, Span, overlap

# Bits of PyMuPDF's span flags.
_RAISED, _ITALIC, _MONO, _BOLD = 1, 2, 8, 16
_FAKE_BOLD = 8  # of char_flags: drawn twice or stroked
_LEADERS = " .·_\u2026"  # rows of dots and rules of underscores say nothing
_SMALL = 0.85  # of a line's size that raised figures are
_RISE, _FALL = 0.2, 0.08  # of the size: how far they stand above, and lowered ones below, the others' base line
_LETTERS = 0.72  # of the height of a line's box that its letters' size is
_LEVEL = 0.05  # how far a line's direction may be from level (sine)


def lines(blocks: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The level lines of `page.get_text("dict")["blocks"]`; text that stands on its side is a stamp or an axis."""
    found = [line for block in blocks for line in block.get("lines", ()) if _is_level(line)]
    return [line for line in map(_line, _without_hidden(found)) if line.text.strip(_LEADERS)]


def _is_level(line: Mapping[str, Any]) -> bool:
    cosine, sine = line["dir"]
    return bool(cosine > 0 and abs(sine) < _LEVEL)


def _without_hidden(found: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Invisible text counts only where nothing is visible (an OCR layer), else it may be a trick on the reader."""
    visible = [line for line in found if any(span["alpha"] and span["text"].strip() for span in line["spans"])]
    return visible or found


def _line(line: Mapping[str, Any]) -> Line:
    spans = [_span(span) for span in line["spans"]]
    biggest = max(line["spans"], key=lambda span: span["size"])
    for span, given in zip(spans, line["spans"], strict=True):
        # The flag alone says only that a span stands higher than its neighbours, as all do beside a fraction.
        if span.size < _SMALL * biggest["size"]:
            sunk = (given["origin"][1] - biggest["origin"][1]) / biggest["size"]
            span.raised, span.lowered = span.raised or sunk < -_RISE, sunk > _FALL
        else:
            span.raised = False
    return Line(_with_fractions(spans))


def _with_fractions(spans: list[Span]) -> list[Span]:
    """A stroke before what stands right below the span before it: one over six is not sixteen."""
    for over, under in pairwise(spans):
        narrower = min(over.box[2] - over.box[0], under.box[2] - under.box[0])
        both = overlap((over.box[0], over.box[2]), (under.box[0], under.box[2]))
        if both > 0.5 * narrower and under.box[1] > over.box[3] - 0.1 * over.size and under.text.strip():
            under.text = f"/{under.text}"
    return spans


def _span(span: Mapping[str, Any]) -> Span:
    flags, font = span["flags"], span["font"]
    text = cleaned(span["text"], font)
    return Span(
        text,
        tuple(span["bbox"]),
        round(span["size"], 1),
        font,
        bool(flags & _BOLD or span["char_flags"] & _FAKE_BOLD),
        bool(flags & _ITALIC) and not _is_sum(text),
        bool(flags & _MONO),
        bool(flags & _RAISED),
    )


def _is_sum(text: str) -> bool:
    """Whether a span is nothing but signs of mathematics, whose fonts all call themselves italic."""
    return all(unicodedata.category(sign) == "Sm" for sign in text.strip())


def guessed(text: str, box: Box) -> Line:
    """A line that was read in a picture; its size can only be guessed from its height."""
    return Line([Span(cleaned(text), box, round(_LETTERS * (box[3] - box[1]), 1))])


def in_rows(found: Iterable[Line]) -> list[Line]:
    """Join what stands side by side in one row, and put the rows in order from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(found, key=lambda line: (line.box[1] + line.box[3]) / 2):
        row = next((row for row in reversed(rows[-3:]) if _beside(line, row)), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    return [_joined(row) for row in rows]


def _beside(line: Line, row: list[Line]) -> bool:
    return all(_side_by_side(line, other) for other in row)


def _side_by_side(a: Line, b: Line) -> bool:
    lower = min(a.box[3] - a.box[1], b.box[3] - b.box[1])
    across = overlap((a.box[0], a.box[2]), (b.box[0], b.box[2]))
    narrower = min(a.box[2] - a.box[0], b.box[2] - b.box[0])
    return overlap((a.box[1], a.box[3]), (b.box[1], b.box[3])) > 0.5 * lower and across < 0.2 * narrower


def _joined(row: list[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    row.sort(key=lambda line: line.box[0], reverse=is_right_to_left(row))
    return Line(list(_with_spaces(row)))


def _apart(a: Box, b: Box) -> float:
    """How far two boxes of one row are from each other, whichever comes first."""
    return max(a[0] - b[2], b[0] - a[2])


def _with_spaces(row: list[Line]) -> Iterator[Span]:
    """The spans of a row, a space wherever two of its lines meet with a gap."""
    last: Span | None = None
    for line in row:
        first = line.spans[0]
        if last is not None and _apart(first.box, last.box) > 0.1 * first.size and not last.text.endswith(" "):
            last.text += " "
        yield from line.spans
        last = line.spans[-1]
