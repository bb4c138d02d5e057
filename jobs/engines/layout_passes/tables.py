"""Tables as Markdown: pipes where the grid is simple, HTML where cells span."""

import html
import re
from collections.abc import Iterable
from typing import Any

from jobs.engines.geometry import around, share_inside
from jobs.engines.layout_passes import formulas, grids
from jobs.engines.layout_passes.glyphs import cleaned
from jobs.engines.layout_passes.reading import in_rows
from jobs.engines.layout_passes.shapes import Block, Cell, Line, Table
from jobs.engines.layout_passes.styles import as_html, inline
from jobs.engines.layout_passes.words import is_broken_list

_HALF, _MOST = 0.5, 0.8
_MOST_IN_A_CELL = 400  # letters
_ROOM = 2.0  # points that a line beside a table may reach into it
_BREAK = re.compile(r"\s*\n\s*")
_HYPHEN = re.compile(r"(?<=[a-z])-\s*\n\s*(?=[a-z])")


def from_finder(found: Iterable[Any]) -> list[Table]:
    """The tables of `page.find_tables(refine=True)`, their placements as cells."""
    return [Table(tuple(table.bbox), [[_cell(place) for place in row] for row in table.placements]) for table in found]


def _cell(place: Any) -> Cell:
    box = tuple(place.bbox) if place.bbox is not None else None
    return Cell(cleaned(place.text or "").strip(), place.rowspan, place.colspan, place.tag == "th", box)


def styled(table: Table, lines: list[Line]) -> Table:
    """The table with links in its cells, where the lines of the page say the same as the finder."""
    spans = [span for line in lines for span in line.spans]
    links = [span for span in spans if span.link and share_inside(span.box, table.box) > _HALF]
    for cell in (cell for row in table.rows for cell in row if cell.box and cell.text):
        if any(share_inside(span.box, cell.box) > _HALF for span in links):  # type: ignore[arg-type]
            inside = [span for span in spans if share_inside(span.box, cell.box) > _HALF]  # type: ignore[arg-type]
            if _same(cell.text, "".join(span.text for span in inside)):
                written = in_rows(Line([span]) for span in inside)
                cell.markdown, cell.html = inline(written), as_html(written)
    return table


def _same(one: str, other: str) -> bool:
    return sorted(one.replace(" ", "").replace("\n", "")) == sorted(other.replace(" ", ""))


def given(blocks: list[Block], tables: list[Table]) -> list[Block]:
    """Each table to the block that the net called one; tables over what it took for text are not believed.

    What has but one column, also by the places of its words, is text.
    """
    for table in tables:
        best = max(blocks, key=lambda block: share_inside(table.box, block.box), default=None)
        if best is None or best.kind != "table" or share_inside(table.box, best.box) < _HALF:
            continue
        if _is_drawing(table) or formulas.is_one(table):
            best.kind, best.lines = "picture", in_rows(best.lines)
        else:
            best.table = table if best.table is None else _below(best.table, table)
    blocks = [part for block in _once(blocks) for part in (block, *_beside(block))]
    for block in (block for block in blocks if block.kind == "table" and grids.is_flat(block.table)):
        block.table = grids.table(block.lines)
        if block.table is None:
            block.kind, block.lines = "text", in_rows(block.lines)
    return blocks


def _once(blocks: list[Block]) -> list[Block]:
    """Lines that stand in a table and in other blocks of the net: the table has them, or gives way if most of it is
    such lines."""
    for block in [block for block in blocks if block.table is not None]:
        box = block.table.box  # type: ignore[union-attr]
        others = [other for other in blocks if other is not block and other.table is None]
        twice = {id(line): line for other in others for line in other.lines if share_inside(line.box, box) > _MOST}
        if sum(len(line.text) for line in twice.values()) > _HALF * _letters(block.table):
            block.table, block.kind, block.lines = None, "text", in_rows(block.lines)
            continue
        for other in others:
            other.lines = [line for line in other.lines if id(line) not in twice]
    return [block for block in blocks if block.lines or block.table is not None]


def _beside(block: Block) -> list[Block]:
    """What the net took into a table's box, and stands above or below the table."""
    table = block.table
    if table is None:
        return []
    known = "".join("".join(cell.text for row in table.rows for cell in row).split())
    above = [line for line in block.lines if line.box[3] < table.box[1] + _ROOM]
    below = [line for line in block.lines if line.box[1] > table.box[3] - _ROOM]
    parts = [[line for line in side if "".join(line.text.split()) not in known] for side in (above, below)]
    return [Block("text", around(*(line.box for line in part)), in_rows(part)) for part in parts if part]


def _letters(table: Table | None) -> int:
    return sum(len(cell.text) for row in table.rows for cell in row) if table else 0


def _is_drawing(table: Table) -> bool:
    """Whether one cell holds most of the words: a frame around a drawing, or around a page."""
    sizes = [len(cell.text) for row in table.rows for cell in row]
    return max(sizes, default=0) > max(_MOST_IN_A_CELL, _HALF * sum(sizes)) and sum(map(bool, sizes)) > 1


def _below(upper: Table, lower: Table) -> Table:
    upper, lower = sorted((upper, lower), key=lambda table: table.box[1])
    return Table(upper.box, upper.rows + lower.rows)


def markdown(table: Table) -> str:
    rows = [row for row in table.rows if row]
    if not any(cell.text for row in rows for cell in row):
        return ""
    simple = all(cell.rows == cell.columns == 1 for row in rows for cell in row) and len({len(r) for r in rows}) == 1
    return _pipes(rows) if simple else _html(rows)


def one_line(text: str) -> str:
    """A cell's text without its line breaks, words cut by them joined."""
    if is_broken_list(text):
        return "".join(text.split())
    return _BREAK.sub(" ", _HYPHEN.sub("", text)).strip()


def _pipes(rows: list[list[Cell]]) -> str:
    lines = [
        "| " + " | ".join((cell.markdown or one_line(cell.text)).replace("|", "\\|") for cell in row) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _html(rows: list[list[Cell]]) -> str:
    lines = ["<tr>" + "".join(_html_cell(cell) for cell in row) + "</tr>" for row in rows]
    return "\n".join(["<table>", *lines, "</table>"])


def _html_cell(cell: Cell) -> str:
    tag = "th" if cell.head else "td"
    spans = f' rowspan="{cell.rows}"' * (cell.rows > 1) + f' colspan="{cell.columns}"' * (cell.columns > 1)
    return f"<{tag}{spans}>{cell.html or html.escape(one_line(cell.text), quote=False)}</{tag}>"
