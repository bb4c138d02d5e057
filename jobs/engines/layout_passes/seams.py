"""What `joining` must know of a page: its headings' sizes and its first and last blocks."""

from typing import Any

from jobs.engines.layout_passes import tables
from jobs.engines.layout_passes.headings import title_key
from jobs.engines.layout_passes.shapes import Block

_RUNNING = ("text", "list", "table", "heading", "code")  # footnotes, captions and pictures float
_FULL = 3.0  # letter sizes from the right edge up to which a line counts as full

Seams = dict[str, Any]


def found(blocks: list[Block], places: list[tuple[int, int]], bookmarks: dict[str, int]) -> Seams:
    """The seams of a page; `places` says where each block's Markdown stands in the page's text."""
    written = [(block, place) for block, place in zip(blocks, places, strict=True) if place[1] > place[0]]
    running = [(block, place) for block, place in written if block.kind in _RUNNING]
    seams: Seams = {"headings": [_heading(block, bookmarks) for block, place in written if block.kind == "heading"]}
    if running:
        seams |= {"first": _end(*running[0]), "last": _end(*running[-1])}
    return seams


def _heading(block: Block, bookmarks: dict[str, int]) -> list[float]:
    return [block.size, bookmarks.get(title_key(block.text), 0)]


def _end(block: Block, place: tuple[int, int]) -> Seams:
    kind = block.kind if block.kind in ("text", "list", "table") else "other"
    end: Seams = {"kind": kind, "at": place[0], "to": place[1], "size": block.size, "full": _is_full(block)}
    return end | _table(block) if kind == "table" else end


def _is_full(block: Block) -> bool:
    """Whether the last line reaches as far as the others, or alone as far as a line can be told to."""
    if not block.lines:
        return False
    last = block.lines[-1]
    return bool(last.box[2] > block.box[2] - _FULL * last.size)


def _table(block: Block) -> Seams:
    rows = block.table.rows if block.table else []
    columns = max((sum(cell.columns for cell in row) for row in rows), default=0)
    head = "|".join(tables.one_line(cell.text) for cell in rows[0]) if rows else ""
    return {"columns": columns, "left": round(block.box[0], 1), "right": round(block.box[2], 1), "head": head}
