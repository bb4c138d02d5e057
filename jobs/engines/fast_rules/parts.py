"""Pieces as `Markdown.blocks` tells them."""

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from jobs.engines.captions import CAPTION
from jobs.engines.fast_rules import writing
from jobs.engines.fast_rules.hyphens import flowing
from jobs.engines.fast_rules.nesting import depths
from jobs.engines.fast_rules.pieces import Block, Line, bounds
from jobs.engines.fast_rules.rendering import Piece
from jobs.engines.fast_rules.tables import Table
from jobs.engines.geometry import Box, lies_in
from jobs.engines.parts import Part, Place, cell, listing_text, part, table_text

_ESCAPE = re.compile(r"\\([\\`*_<\[])")
_LINK = re.compile(r"\[((?:\\.|[^\]\\])*)\]\([^)\s]*\)")

ToFrame = Callable[[Box], Box]


def box(piece: Piece) -> Box:
    """The piece's box as the rules see the page."""
    return (piece.x0, piece.y0, piece.x1, piece.y1) if isinstance(piece, Table) else bounds(piece.lines)


def caption(piece: Piece) -> str:
    """The words of a piece that may be a picture's caption, else nothing."""
    if isinstance(piece, Table) or piece.kind == "code" or not CAPTION.match(piece.lines[0].text):
        return ""
    return writing.plain(flowing(piece.lines))


def margins(furniture: Sequence[Line], middle: float) -> list[tuple[str, Box]]:
    """The boxes of the page's furniture: headers stand above its `middle`, footers below."""
    return [("header" if line.y0 < middle else "footer", (line.x0, line.y0, line.x1, line.y1)) for line in furniture]


def told(
    pieces: Sequence[Piece],
    text: str,
    places: Sequence[Place],
    frame: ToFrame,
    furniture: Sequence[tuple[str, Box]] = (),
) -> list[Part]:
    """The pieces that were written; `places` says where each stands in `text`. `frame` takes boxes to where people see
    them; `furniture` is what `margins` tells of it."""
    levels = _levels(pieces)
    found = []
    for piece, place in zip(pieces, places, strict=True):
        if place[1] > place[0]:
            made = _part(piece, text[place[0] : place[1]], place, frame)
            kind = _marginal(piece, furniture)
            if kind:
                made = part(kind, made["text"], frame(box(piece)), place)
            elif made["type"] == "list":
                made["level"] = levels[id(piece)]
            found.append(made)
    return found


def _part(piece: Piece, written: str, place: Place, frame: ToFrame) -> Part:
    where = frame(box(piece))
    if isinstance(piece, Table):
        cells = _cells(piece)
        return part("table", table_text(cells), where, place, cells=cells)
    if piece.kind == "code":
        return part("code", listing_text(written), where, place)
    words = writing.plain(flowing(piece.lines))
    if piece.kind == "heading":
        return part("heading", words, where, place, level=piece.level)
    if piece.kind == "item":
        return part("list", words[piece.cut :].strip(), where, place, level=0)
    return part("text", words, where, place)


def _cells(table: Table) -> list[list[dict[str, object]]]:
    covered = {
        (row + down, column + right)
        for (row, column), (height, width) in table.spans.items()
        for down in range(height)
        for right in range(width)
        if down or right
    }
    return [
        [
            cell(_unmarked(text), *table.spans.get((row, column), (1, 1)), head=row == 0)
            for column, text in enumerate(texts)
            if (row, column) not in covered
        ]
        for row, texts in enumerate(table.rows)
    ]


def _unmarked(text: str) -> str:
    """A cell's Markdown as plain text."""
    return _ESCAPE.sub(r"\1", _LINK.sub(r"\1", text)).replace("\n", " ")


def _marginal(piece: Piece, furniture: Sequence[tuple[str, Box]]) -> str:
    """The kind of furniture that all of a piece's lines are, if they are."""
    if isinstance(piece, Table) or not furniture:
        return ""
    kinds = [
        next((kind for kind, edge in furniture if lies_in((line.x0, line.y0, line.x1, line.y1), edge)), "")
        for line in piece.lines
    ]
    return kinds[0] if all(kinds) else ""


def _levels(pieces: Sequence[Piece]) -> dict[int, int]:
    """How deep each item is nested in its list."""
    found: dict[int, int] = {}
    for is_list, run in groupby(pieces, lambda piece: isinstance(piece, Block) and piece.kind == "item"):
        if is_list:
            items = list(run)
            found |= {id(item): depth for item, depth in zip(items, depths([item.x0 for item in items]), strict=True)}
    return found
