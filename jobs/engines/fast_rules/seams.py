"""What `jobs.engines.joining` must know of a page to join it to its neighbours; its docstring names the fields."""

from collections.abc import Sequence
from typing import Any

from jobs.engines.fast_rules.headings import Looks, folded
from jobs.engines.fast_rules.pieces import Block
from jobs.engines.fast_rules.rendering import Piece, Place
from jobs.engines.fast_rules.tables import Table

_FULL = 3.0  # letter sizes from the right edge up to which a line is full
_KINDS = {"text": "text", "item": "list"}


def seams(pieces: Sequence[Piece], places: Sequence[Place], looks: Looks) -> dict[str, Any]:
    """The page's seams; a piece whose place is empty was not written."""
    written = [(piece, place) for piece, place in zip(pieces, places, strict=True) if place[1] > place[0]]
    found: dict[str, Any] = {"headings": [_heading(piece, looks) for piece, _ in written if _is_heading(piece)]}
    if written:
        found |= {"first": _end(*written[0]), "last": _end(*written[-1])}
    return found


def _is_heading(piece: Piece) -> bool:
    return isinstance(piece, Block) and piece.kind == "heading"


def _heading(piece: Piece, looks: Looks) -> list[float]:
    lines = piece.lines if isinstance(piece, Block) else []
    return [min(line.size for line in lines), looks.bookmarks.get(folded(" ".join(line.text for line in lines)), 0)]


def _end(piece: Piece, place: Place) -> dict[str, Any]:
    if isinstance(piece, Table):
        return _table(piece, place)
    last = piece.lines[-1]
    edge = max(line.x1 for line in piece.lines)
    return {
        "kind": _KINDS.get(piece.kind, "other"),
        "at": place[0],
        "to": place[1],
        "size": last.size,
        "full": last.x1 > edge - _FULL * last.size,
    }


def _table(table: Table, place: Place) -> dict[str, Any]:
    return {
        "kind": "table",
        "at": place[0],
        "to": place[1],
        "size": 0.0,
        "full": False,
        "columns": len(table.rows[0]),
        "left": round(table.x0, 1),
        "right": round(table.x1, 1),
        "head": "|".join(table.rows[0]),
    }
