"""Tables from nothing but where their words stand: for what the table finder saw as one column or not at all."""

from statistics import median

from jobs.engines.geometry import Box, around
from jobs.engines.layout_passes.shapes import Cell, Line, Table, overlap

_PAIRED = 0.4  # share of the rows that must have words on both sides of a gutter
_ROWS = 3  # rows with several cells that make a table
_GUTTER = 0.6  # width of the white between columns, in letter sizes
_LEADING = 0.45  # white between the lines of one cell, in letter sizes; rows stand further apart

_STRICT_ROWS, _FLUSH = 5, 0.7  # rows of a picture that make a table, and share of a column's cells that must be flush

_Row = list[Line]


def table(lines: list[Line]) -> Table | None:
    """The lines as a table, or nothing where their edges show no columns."""
    rows = _rows(lines)
    several = [row for row in rows if len(row) > 1]
    if len(several) < _ROWS or len(several) < _PAIRED * len(rows):
        return None
    columns = _columns(several)
    if len(columns) == 1:
        return None
    placed = _merged([(row, _cells(row, columns)) for row in rows])
    return Table(around(*(line.box for line in lines)), [cells for _, cells in placed])


def aligned(lines: list[Line]) -> Table | None:
    """The lines as a table if they are so strictly in columns that it can be nothing else: for pictures of tables."""
    rows = [row for row in _rows(lines) if len(row) > 1]
    if len(rows) < _STRICT_ROWS or not _in_columns(rows):
        return None
    return table(lines)


def _in_columns(rows: list[_Row]) -> bool:
    """Whether each column's cells begin, or end, below each other."""
    return all(_flush([line for row in rows for line in row if _within(line, column)]) for column in _columns(rows))


def _within(line: Line, column: tuple[float, float]) -> bool:
    return overlap((line.box[0], line.box[2]), column) > 0


def _flush(lines: list[Line]) -> bool:
    slack = max(line.size for line in lines)
    for side in (0, 2):
        edges = [line.box[side] for line in lines]
        usual = median(edges)
        if sum(abs(edge - usual) < slack for edge in edges) > _FLUSH * len(edges):
            return True
    return False


def is_flat(found: Table | None) -> bool:
    """Whether a table has no columns to speak of."""
    return found is None or all(len(row) < 2 for row in found.rows)  # noqa: PLR2004


def _rows(lines: list[Line]) -> list[_Row]:
    """Lines at one height, from left to right."""
    rows: list[_Row] = []
    for line in sorted(lines, key=lambda line: (line.box[1] + line.box[3]) / 2):
        if rows and _is_beside(line.box, around(*(other.box for other in rows[-1]))):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box[0]) for row in rows]


def _is_beside(line: Box, row: Box) -> bool:
    lower = min(line[3] - line[1], row[3] - row[1])
    return overlap((line[1], line[3]), (row[1], row[3])) > 0.5 * lower


def _columns(rows: list[_Row]) -> list[tuple[float, float]]:
    """From where to where each column reaches: what the rows' cells cover, cut at the gutters that are free in all."""
    gap = _GUTTER * min(line.size for row in rows for line in row)
    columns: list[tuple[float, float]] = []
    for left, right in sorted((line.box[0], line.box[2]) for row in rows for line in row):
        if columns and left < columns[-1][1] + gap:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _cells(row: _Row, columns: list[tuple[float, float]]) -> list[Cell]:
    """One cell for each column; a line that reaches into several spans them."""
    cells: list[Cell] = []
    for number, column in enumerate(columns):
        if sum(cell.columns for cell in cells) > number:
            continue
        inside = [line for line in row if overlap((line.box[0], line.box[2]), column) > 0]
        reach = max((_reached(line, columns) for line in inside), default=number)
        text = " ".join(line.text.strip() for line in inside)
        cells.append(Cell(text, columns=max(reach - number + 1, 1), box=None))
    return cells


def _reached(line: Line, columns: list[tuple[float, float]]) -> int:
    return max(number for number, column in enumerate(columns) if overlap((line.box[0], line.box[2]), column) > 0)


def _merged(rows: list[tuple[_Row, list[Cell]]]) -> list[tuple[_Row, list[Cell]]]:
    """Second lines of cells joined to the first: rows that begin empty and stand close below."""
    result: list[tuple[_Row, list[Cell]]] = []
    for row, cells in rows:
        if result and not cells[0].text and len(cells) == len(result[-1][1]) and _is_close(result[-1][0], row):
            above = result[-1][1]
            for upper, lower in zip(above, cells, strict=True):
                upper.text = f"{upper.text} {lower.text}".strip()
            result[-1] = (row, above)
        else:
            result.append((row, cells))
    return result


def _is_close(above: _Row, below: _Row) -> bool:
    gap = around(*(line.box for line in below))[1] - around(*(line.box for line in above))[3]
    return gap < _LEADING * below[0].size
