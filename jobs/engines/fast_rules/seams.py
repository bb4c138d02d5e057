"""What `jobs.engines.joining` must know of a page to join it to its neighbours; its docstring names the fields."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from jobs.engines.fast_rules.blocks import has_ended
from jobs.engines.fast_rules.headings import Looks, folded
from jobs.engines.fast_rules.pieces import Block
from jobs.engines.fast_rules.rendering import Piece, Place
from jobs.engines.fast_rules.tables import Table

_FULL = 3.0  # letter sizes from the right edge up to which a line is full
_INDENT = 3.0  # letter sizes that lines of one column may begin further left
_SMALL = 0.93  # of the size of most of the page's text: smaller text at its edges floats
_KINDS = {"text": "text", "item": "list"}
_CAPTION = re.compile(
    r"(?:Table|Tab\.|Figure|Fig\.|Listing|Scheme|Chart|Plate|Tabelle|Abb\.|Abbildung)\s*[A-Z]?\d", re.I
)
_AGAIN = re.compile(r"\bcont(?:inued|\.|d\b)|Fortsetzung", re.I)


def seams(pieces: Sequence[Piece], places: Sequence[Place], looks: Looks) -> dict[str, Any]:
    """The page's seams; a piece whose place is empty was not written."""
    written = [(piece, place) for piece, place in zip(pieces, places, strict=True) if place[1] > place[0]]
    found: dict[str, Any] = {"headings": [_heading(piece, looks) for piece, _ in written if _is_heading(piece)]}
    blocks = [piece for piece, _ in written if isinstance(piece, Block)]
    running = _running(written, _usual_size(blocks, looks))
    if running:
        found |= {"first": _end(*running[0], blocks), "last": _end(*running[-1], blocks)}
    return found


def _is_heading(piece: Piece) -> bool:
    return isinstance(piece, Block) and piece.kind == "heading"


def _heading(piece: Piece, looks: Looks) -> list[float]:
    lines = piece.lines if isinstance(piece, Block) else []
    return [min(line.size for line in lines), looks.bookmarks.get(folded(" ".join(line.text for line in lines)), 0)]


def _running(written: Sequence[tuple[Piece, Place]], size: float) -> list[tuple[Piece, Place]]:
    """What is read in one go: without captions, the tables that have one, and what is printed small. A table at the
    page's end may go on, and counts unless a sentence above it does."""
    running: list[tuple[Piece, Place]] = []
    neighbours = zip([None, *written], written, [*written[1:], None], strict=False)
    for above, (piece, place), below in neighbours:
        if isinstance(piece, Table):
            floats = _is_new(above and above[0]) and not (below is None and _has_ended(running))
        else:
            floats = _floats(piece, size) or (_is_titled(piece) and below is not None and isinstance(below[0], Table))
        if not floats:
            running.append((piece, place))
    return running


def _has_ended(running: Sequence[tuple[Piece, Place]]) -> bool:
    last = running[-1][0] if running else None
    return not isinstance(last, Block) or last.kind not in _KINDS or has_ended(last)


def _usual_size(blocks: Sequence[Block], looks: Looks) -> float:
    """That of most of the page's text; of the document's where the page may be but a table and what is said of it."""
    letters: Counter[float] = Counter()
    for block in blocks:
        for line in block.lines:
            letters[line.size] += len(line.text)
    usual = max(letters, key=lambda size: letters[size]) if letters else 0.0
    return max(usual, looks.body) if any(map(_is_titled, blocks)) else usual


def _floats(piece: Block, usual: float) -> bool:
    if piece.kind not in _KINDS:
        return False
    return max(line.size for line in piece.lines) < _SMALL * usual or _is_caption(piece)


def _is_caption(block: Block) -> bool:
    """Whether it is titled like a table or picture; a sentence that begins so is not printed otherwise."""
    runs = block.lines[0].runs
    return _is_titled(block) and (runs[0].style.bold or runs[0].style.italic)


def _is_titled(block: Block) -> bool:
    return bool(_CAPTION.match(block.lines[0].text))


def _is_new(above: Piece | None) -> bool:
    """Whether a table below this begins here, and doesn't go on from the page before."""
    return isinstance(above, Block) and _is_titled(above) and not _AGAIN.search(above.lines[0].text)


def _end(piece: Piece, place: Place, blocks: Sequence[Block]) -> dict[str, Any]:
    if isinstance(piece, Table):
        return _table(piece, place)
    return {
        "kind": _KINDS.get(piece.kind, "other"),
        "at": place[0],
        "to": place[1],
        "size": piece.lines[-1].size,
        "full": _is_full(piece, blocks),
    }


def _is_full(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether the last line reaches as far as a line of its column does, which is told by paragraphs of several."""
    last = block.lines[-1]
    left = last.x0 - _INDENT * last.size
    column = [
        line.x1
        for other in blocks
        if len(other.lines) > 1 and other.kind in _KINDS
        for line in other.lines
        if left <= line.x0 < last.x1
    ]
    return last.x1 > max(column, default=float("inf")) - _FULL * last.size


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
