"""Blocks as `Markdown.blocks` tells them."""

from jobs.engines.geometry import around
from jobs.engines.layout_passes import tables
from jobs.engines.layout_passes.shapes import Block, Table
from jobs.engines.layout_passes.styles import plain
from jobs.engines.parts import TYPES, Part, Place, cell, listing_text, part, table_text


def told(blocks: list[Block], text: str, places: list[Place]) -> list[Part]:
    """The blocks that were written; `places` says where each stands in `text`."""
    written = [(block, place) for block, place in zip(blocks, places, strict=True) if place[1] > place[0]]
    return [_part(block, text[place[0] : place[1]], place) for block, place in written]


def _part(block: Block, written: str, place: Place) -> Part:
    if block.kind == "table" and block.table is not None:
        cells = _cells(block.table, piped=written.startswith("|"))
        return part("table", table_text(cells), around(block.box, block.table.box), place, cells=cells)
    if block.kind == "code":
        return part("code", listing_text(written), block.box, place)
    kind = block.kind if block.kind in TYPES - {"table"} else "text"
    level = {"level": max(block.level, int(kind == "heading"))} if kind in ("heading", "list") else {}
    return part(kind, plain(block.lines), block.box, place, **level)


def _cells(table: Table, piped: bool) -> list[list[dict[str, object]]]:
    """Its rows; where it is written with pipes, the first one is the head."""
    rows = [row for row in table.rows if row]
    return [
        [cell(tables.one_line(each.text), each.rows, each.columns, each.head or (piped and n == 0)) for each in row]
        for n, row in enumerate(rows)
    ]
