"""Rows of tables: second lines of cells joined to the first, empty rows and columns dropped."""

import html
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from statistics import median

from jobs.engines.geometry import Box, around
from jobs.engines.layout_passes.shapes import Cell, Line, Table

_CLOSE, _LEADING = 0.5, 0.45  # of the usual white between rows, and of the letters' size: less parts lines of one cell
_ENOUGH = 3  # rows that must show how far rows stand apart

Row = list[Cell]
_Places = list[tuple[int, int, Cell]]  # row, column


def joined(table: Table, lines: list[Line]) -> Table:
    """The table with the lines of a cell in one row: those that stand closer below each other than the rows do."""
    extents = [_extent(row, lines) for row in table.rows]
    gaps = [0.0, *(_gap(above, below) for above, below in pairwise(extents))]
    firsts = [gap for row, gap in zip(table.rows[1:], gaps[1:], strict=True) if row and row[0].text]
    if len(firsts) < _ENOUGH:
        return table
    limit = min(_CLOSE * median(firsts), _LEADING * median(line.size for line in lines))
    rows: list[Row] = []
    for number, (row, gap) in enumerate(zip(table.rows, gaps, strict=True)):
        if number and gap < limit and _may_continue(rows, row):
            rows[-1] = [_both(upper, lower) for upper, lower in zip(rows[-1], row, strict=True)]
        else:
            rows.append(row)
    return replace(table, rows=rows)


def _extent(row: Row, lines: list[Line]) -> tuple[float, float] | None:
    """From where to where the words of a row reach down."""
    boxes = [cell.box for cell in row if cell.box]
    inside = [line.box for line in lines if boxes and _is_inside(line.box, around(*boxes))]
    return (min(box[1] for box in inside), max(box[3] for box in inside)) if inside else None


def _is_inside(line: Box, row: Box) -> bool:
    middle = (line[1] + line[3]) / 2
    return row[1] <= middle <= row[3] and line[0] < row[2] and line[2] > row[0]


def _gap(above: tuple[float, float] | None, below: tuple[float, float] | None) -> float:
    return below[0] - above[1] if above and below else float("inf")


def _may_continue(above: list[Row], row: Row) -> bool:
    """Whether a row can be the rest of the one above: nothing in its first cell, or the second line of a head."""
    upper = above[-1]
    if len(upper) != len(row) or not all(cell.rows == cell.columns == 1 for cell in [*upper, *row]):
        return False
    if any(lower.text and not over.text for over, lower in zip(upper, row, strict=True)):
        return False
    if not row[0].text:
        return True
    return len(above) == 1 and upper[0].head and not any(sign.isdigit() for cell in row for sign in cell.text)


def _both(upper: Cell, lower: Cell) -> Cell:
    text = "\n".join(filter(None, (upper.text, lower.text)))
    markdown = " ".join(filter(None, (upper.markdown or upper.text, lower.markdown or lower.text)))
    box = around(*(box for box in (upper.box, lower.box) if box)) if upper.box or lower.box else None
    if not (upper.markdown or lower.markdown):
        return replace(upper, text=text, box=box)
    written = " ".join(filter(None, (cell.html or html.escape(cell.text, quote=False) for cell in (upper, lower))))
    return replace(upper, text=text, markdown=markdown, html=written, box=box)


def trimmed(table: Table) -> Table:
    """The table without rows in which nothing stands; where cells span, as in forms, also without such columns."""
    rows = [row for number, row in enumerate(table.rows) if _says_something(row) or _is_crossed(table.rows, number)]
    if any(cell.columns > 1 for row in rows for cell in row):
        rows = _without_empty_columns(rows)
    return replace(table, rows=rows)


def _says_something(row: Row) -> bool:
    return any(cell.text for cell in row)


def _is_crossed(rows: list[Row], number: int) -> bool:
    return any(cell.rows > 1 and at <= number < at + cell.rows for at, row in enumerate(rows) for cell in row)


def _without_empty_columns(rows: list[Row]) -> list[Row]:
    places = list(_placed(rows))
    filled = {column for _, column, cell in places if cell.columns == 1 and cell.text}
    width = max((column + cell.columns for _, column, cell in places), default=0)
    kept = [column for column in range(width) if column in filled or _begins_here(places, column, filled)]
    result: list[Row] = [[] for _ in rows]
    for number, column, cell in places:
        columns = sum(column <= one < column + cell.columns for one in kept)
        if columns:
            result[number].append(replace(cell, columns=columns))
    return result


def _begins_here(places: _Places, column: int, filled: set[int]) -> bool:
    """Whether a wide cell with text begins at a column, and none of the columns it covers is kept for another."""
    wide = (cell for _, at, cell in places if at == column and cell.text)
    return any(not filled.intersection(range(column, column + cell.columns)) for cell in wide)


def _placed(rows: list[Row]) -> Iterator[tuple[int, int, Cell]]:
    """The cells with their rows and columns; a cell that spans rows pushes those below it to the right."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            taken |= {(number + down, column + across) for down in range(cell.rows) for across in range(cell.columns)}
            yield number, column, cell
            column += cell.columns
