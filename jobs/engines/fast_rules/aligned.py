"""Tables without a grid: pieces that stand below each other in columns, too short to be running text."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from jobs.engines.fast_rules.bands import Atom, Band, Row, Span, columns
from jobs.engines.fast_rules.pieces import Line, bounds
from jobs.engines.fast_rules.ruling import Bar
from jobs.engines.fast_rules.tables import Table

_PROSE_LINES = 4
_PROSE_LETTERS = 22  # in a line of a narrow column of running text
_FULL = 0.8  # of a column's width: so far most lines of running text reach
_SHORT = 20
_WRAP = 0.7  # of the row height: closer rows can be one cell's lines
_CELL_LETTERS = 60
_OPERATOR = re.compile(r"^[=+\-−·…×÷≤≥<>∑∏∫()|.�\s]+$|^=|=$")  # noqa: RUF001 (signs of formulas)
_OPERATORS = 0.25  # of the pieces
_NARROW = 0.5  # of the font size: white that nearly all rows leave is a gutter even if it is this narrow

Cell = Callable[[list[Line]], str]


@dataclass(frozen=True, slots=True)
class Setting:
    """What tables depend on: the page's horizontal rules, how a cell is written, and whether the page is a drawing, on
    which labels stand in rows by chance."""

    across: Sequence[Bar]
    cell: Cell
    drawing: bool = False


def is_prose(column: Sequence[Atom]) -> bool:
    """Whether a column is running text: most of its lines are long and reach its right edge."""
    lines = [atom for atom in column if isinstance(atom, Line)]
    if len(lines) < _PROSE_LINES or len(lines) < len(column):
        return False
    x0, _, x1, _ = bounds(lines)
    full = sum(line.x1 - x0 >= _FULL * (x1 - x0) for line in lines)
    return full >= 0.55 * len(lines) and median(len(line.text) for line in lines) >= _PROSE_LETTERS


def is_table(band: Band, setting: Setting) -> bool:
    """Whether the band's columns are a table's."""
    if not band.gutters or any(not isinstance(atom, Line) for atom in band.atoms):
        return False
    parts = columns(band)
    prose = sum(is_prose(part) for part in parts)
    ruled = len(rules_of(band, setting.across)) >= 2  # noqa: PLR2004 (above and below)
    if ruled and prose < len(parts):
        return True
    if setting.drawing or any(_is_typed(part) for part in parts):
        return False
    if prose > 1 or (prose and len(parts) == 2):  # noqa: PLR2004
        return False
    return _even(band, len(parts)) and _short(band)


def _is_typed(column: Sequence[Atom]) -> bool:
    """Whether the column is a listing, with remarks beside it."""
    typed = sum(isinstance(atom, Line) and any(run.style.mono for run in atom.runs) for atom in column)
    return typed > 0.6 * len(column)


def is_formula(band: Band) -> bool:
    """Whether the columns are the terms of equations set below each other."""
    pieces = [atom for atom in band.atoms if isinstance(atom, Line)]
    return sum(bool(_OPERATOR.match(piece.text)) for piece in pieces) >= _OPERATORS * len(band.atoms)


def rules_of(band: Band, across: Sequence[Bar]) -> list[float]:
    """Where horizontal rules run over most of the band's width, from a bit above it to a bit below."""
    x0, y0, x1, y1 = bounds(band.atoms)
    height = 2.5 * (band.rows[0].y1 - band.rows[0].y0)
    return sorted(
        y
        for y, start, end in across
        if y0 - height <= y <= y1 + height and min(end, x1) - max(start, x0) >= 0.75 * (x1 - x0)
    )


def _even(band: Band, count: int) -> bool:
    """Whether most rows have most of their cells."""
    filled = [len(_by_column(row, band.gutters)) for row in band.rows]
    least = max(2, (count + 1) // 2)
    return sum(number >= least for number in filled) >= max(2, 0.5 * len(filled))


def _short(band: Band) -> bool:
    return median(len(atom.text) for atom in band.atoms if isinstance(atom, Line)) <= _CELL_LETTERS


def _by_column(row: Row, gutters: Sequence[Span]) -> dict[int, list[Line]]:
    cells: dict[int, list[Line]] = {}
    for atom in row.atoms:
        if isinstance(atom, Line):
            start = atom.x0 + min(2.0, (atom.x1 - atom.x0) / 2)
            cells.setdefault(sum(start > (gap[0] + gap[1]) / 2 for gap in gutters), []).append(atom)
    return cells


def table(band: Band, setting: Setting) -> Table:
    """The band as a table; rows that only go on are joined to the row above."""
    rules = rules_of(band, setting.across)
    gutters = voted(band)
    wrap = _wrap(band.rows)
    rows: list[dict[int, list[Line]]] = []
    above: Row | None = None
    for row in band.rows:
        cells = _by_column(row, gutters)
        if above is not None and _goes_on(above, row, cells, rules=rules, wrap=wrap, count=len(gutters) + 1):
            for column, lines in cells.items():
                rows[-1].setdefault(column, []).extend(lines)
        else:
            rows.append(cells)
        above = row
    x0, y0, x1, y1 = bounds(band.atoms)
    written = [[setting.cell(row[at]) if at in row else "" for at in range(len(gutters) + 1)] for row in rows]
    return Table(x0, y0, x1, y1, written, ruled=len(rules) > 1)


def voted(band: Band) -> list[Span]:
    """The gutters that most rows leave free: one heading over two columns doesn't make them one."""
    spans = [span for row in band.rows for span in row.taken]
    allowed = len(band.rows) // 6
    least = _NARROW * median(atom.size for atom in band.atoms if isinstance(atom, Line))
    steps: Counter[float] = Counter()
    for start, end in spans:
        steps[start] += 1
        steps[end] -= 1
    free: list[Span] = []
    over = 0  # how many spans lie over the place
    for left, right in pairwise(sorted(steps)):
        over += steps[left]
        if over > allowed:
            continue
        if free and free[-1][1] == left:
            free[-1] = (free[-1][0], right)
        else:
            free.append((left, right))
    wide = [gap for gap in free if gap[1] - gap[0] >= least and _parts(gap, band.rows)]
    return wide if len(wide) >= len(band.gutters) else band.gutters


def _parts(gap: Span, rows: Sequence[Row]) -> bool:
    """Whether enough rows have text on both sides of a gutter."""
    both = sum(row.taken[0][0] < gap[0] and any(start >= gap[1] - 1 for start, _ in row.taken) for row in rows)
    return both >= max(2, 0.2 * len(rows))


def _wrap(rows: Sequence[Row]) -> float | None:
    """The white in points up to which a row goes on the one above, where rows of one cell stand closer than cells."""
    gaps = sorted(below.y0 - above.y1 for above, below in pairwise(rows))
    height = median(row.y1 - row.y0 for row in rows)
    steps = [(right - left, left) for left, right in pairwise(gaps)]
    if not steps:
        return None
    step, below = max(steps)
    close = sum(gap <= below for gap in gaps)
    if step < 0.2 * height or not 2 <= close <= 0.85 * len(gaps):  # noqa: PLR2004
        return None
    limit = below + step / 2
    left = min(row.taken[0][0] for row in rows)
    further = [row for over, row in pairwise(rows) if row.y0 - over.y1 <= limit]
    # Rows that stand close because they are one group begin at the left, lines of a cell seldom do.
    return limit if sum(row.taken[0][0] < left + height for row in further) <= 0.5 * len(further) else None


def _goes_on(
    above: Row, row: Row, cells: dict[int, list[Line]], *, rules: Sequence[float], wrap: float | None, count: int
) -> bool:
    """Whether a row holds only further lines of the cells above: it follows closely, and lacks a first cell or goes
    on in one where the distances don't tell rows from cells."""
    if any(above.y1 - 2 <= rule <= row.y0 + 2 for rule in rules):
        return False
    gap = row.y0 - above.y1
    if len(cells) == count > 2:  # noqa: PLR2004
        return False
    if wrap is not None:
        return gap <= wrap
    return gap <= _WRAP * (above.y1 - above.y0) and not _begins(cells)


def _begins(cells: dict[int, list[Line]]) -> bool:
    """Whether a row's first cell begins one, or there is none because it stands for several rows."""
    if 0 in cells:
        return not (cells[0][0].text[:1].islower() or cells[0][0].text[:1] == "(")
    return len(cells) > 2 and all(len(lines[0].text) < _SHORT for lines in cells.values())  # noqa: PLR2004
