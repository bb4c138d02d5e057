"""Tables drawn with rules: where horizontal and vertical rules meet, they make a grid."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jobs.engines.fast_rules.pieces import Line, Rule
from jobs.engines.fast_rules.tables import Spans, Table

_NEAR = 3.0  # points: rules this close are one
_LONG = 6.0  # points: shorter rules are strokes of letters and dashes
_MEETINGS, _CELLS = 250_000, 10_000  # more is a plan or a hatching, and would take seconds

# A straight rule: where it lies across, and from where to where it runs.
Bar = tuple[float, float, float]


@dataclass(slots=True)
class Grid:
    """Where rules meet: the positions of its columns and rows, and the bars that are really drawn."""

    xs: list[float]
    ys: list[float]
    across: list[Bar]
    down: list[Bar]

    @property
    def edges(self) -> Rule:
        return Rule(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


def bars(rules: Sequence[Rule]) -> tuple[list[Bar], list[Bar]]:
    """Horizontal and vertical bars, pieces on one line joined."""
    across = [((rule.y0 + rule.y1) / 2, rule.x0, rule.x1) for rule in rules if rule.x1 - rule.x0 > rule.y1 - rule.y0]
    down = [((rule.x0 + rule.x1) / 2, rule.y0, rule.y1) for rule in rules if rule.y1 - rule.y0 > rule.x1 - rule.x0]
    return _merged(across), _merged(down)


def _merged(pieces: list[Bar]) -> list[Bar]:
    """Bars that lie on one line and touch, as one."""
    merged: list[Bar] = []
    group: list[Bar] = []
    for piece in sorted(pieces):
        if group and piece[0] - group[0][0] > _NEAR / 2:
            merged.extend(_chained(group))
            group = []
        group.append(piece)
    merged.extend(_chained(group))
    return [bar for bar in merged if bar[2] - bar[1] >= _LONG]


def _chained(group: list[Bar]) -> list[Bar]:
    chained: list[Bar] = []
    for place, start, end in sorted(group, key=lambda bar: bar[1]):
        if chained and start <= chained[-1][2] + _NEAR:
            chained[-1] = (chained[-1][0], chained[-1][1], max(end, chained[-1][2]))
        else:
            chained.append((place, start, end))
    return chained


def grids(across: list[Bar], down: list[Bar]) -> list[Grid]:
    """The groups of bars that meet each other, each as a grid with at least one cell."""
    found: list[Grid] = []
    if len(across) * len(down) > _MEETINGS:
        return found
    for group_across, group_down in _groups(across, down):
        ys = _distinct([bar[0] for bar in group_across] + [end for bar in group_down for end in bar[1:]])
        xs = _distinct([bar[0] for bar in group_down] + [end for bar in group_across for end in bar[1:]])
        if len(xs) > 1 and len(ys) > 1 and len(xs) * len(ys) <= _CELLS:
            found.append(Grid(xs, ys, group_across, group_down))
    return found


def _groups(across: list[Bar], down: list[Bar]) -> list[tuple[list[Bar], list[Bar]]]:
    parents = list(range(len(across) + len(down)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    for i, (y, x0, x1) in enumerate(across):
        for j, (x, y0, y1) in enumerate(down, len(across)):
            if x0 - _NEAR <= x <= x1 + _NEAR and y0 - _NEAR <= y <= y1 + _NEAR:
                parents[root(i)] = root(j)
    groups: dict[int, tuple[list[Bar], list[Bar]]] = {}
    for number in range(len(parents)):
        group = groups.setdefault(root(number), ([], []))
        if number < len(across):
            group[0].append(across[number])
        else:
            group[1].append(down[number - len(across)])
    return [group for group in groups.values() if len(group[0]) > 1 and group[1]]


def _distinct(places: list[float]) -> list[float]:
    distinct: list[float] = []
    for place in sorted(places):
        if not distinct or place - distinct[-1] > _NEAR:
            distinct.append(place)
    return distinct


def table(grid: Grid, lines: Sequence[Line], cell: Callable[[list[Line]], str]) -> Table | None:
    """The grid filled with `lines`, each cell's made to text by `cell`; None when it is no table."""
    cells = _places(grid)
    filled: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        place = _place(grid, line)
        filled.setdefault(cells.get(place, place), []).append(line)
    rows = [
        [cell(filled[row, column]) if (row, column) in filled else "" for column in range(len(grid.xs) - 1)]
        for row in range(len(grid.ys) - 1)
    ]
    rows, spans = _without_empty(rows, _spans(cells))
    if len(rows) < 2 or len(rows[0]) < 2 or sum(bool(text) for row in rows for text in row) < 3:  # noqa: PLR2004
        return None
    edges = grid.edges
    return Table(edges.x0, edges.y0, edges.x1, edges.y1, rows, spans)


def _place(grid: Grid, line: Line) -> tuple[int, int]:
    """Row and column in which a line begins."""
    middle = (line.y0 + line.y1) / 2
    start = line.x0 + min(4.0, (line.x1 - line.x0) / 2)
    return _index(grid.ys, middle), _index(grid.xs, start)


def _index(places: list[float], position: float) -> int:
    return min(max(bisect_right(places, position) - 1, 0), len(places) - 2)


def _places(grid: Grid) -> dict[tuple[int, int], tuple[int, int]]:
    """For each place of the grid the one at whose top left its cell begins: bars that lack make cells span."""
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    for row in range(rows):
        for column in range(columns):
            if (row, column) not in cells:
                width = _reach_right(grid, cells, row, column)
                height = _reach_down(grid, row, column, width)
                for down in range(height):
                    for right in range(width):
                        cells.setdefault((row + down, column + right), (row, column))
    return cells


def _reach_right(grid: Grid, taken: dict[tuple[int, int], tuple[int, int]], row: int, column: int) -> int:
    middle = (grid.ys[row] + grid.ys[row + 1]) / 2
    width = 1
    while column + width < len(grid.xs) - 1 and (row, column + width) not in taken:
        if _drawn(grid.down, grid.xs[column + width], middle):
            break
        width += 1
    return width


def _reach_down(grid: Grid, row: int, column: int, width: int) -> int:
    height = 1
    while row + height < len(grid.ys) - 1 and not any(
        _drawn(grid.across, grid.ys[row + height], (left + right) / 2)
        for left, right in pairwise(grid.xs[column : column + width + 1])
    ):
        inner = (grid.ys[row + height] + grid.ys[row + height + 1]) / 2
        if any(_drawn(grid.down, x, inner) for x in grid.xs[column + 1 : column + width]):
            break
        height += 1
    return height


def _drawn(drawn: list[Bar], place: float, middle: float) -> bool:
    return any(abs(bar[0] - place) <= _NEAR and bar[1] <= middle <= bar[2] for bar in drawn)


def _spans(cells: dict[tuple[int, int], tuple[int, int]]) -> Spans:
    spans: Spans = {}
    for (row, column), (top, left) in cells.items():
        height, width = spans.get((top, left), (1, 1))
        spans[top, left] = max(height, row - top + 1), max(width, column - left + 1)
    return {place: reach for place, reach in spans.items() if reach != (1, 1)}


def _without_empty(rows: list[list[str]], spans: Spans) -> tuple[list[list[str]], Spans]:
    """Without rows and columns in which nothing begins: the gaps between double rules."""
    kept_rows = [number for number, row in enumerate(rows) if any(row)]
    kept_columns = [number for number in range(len(rows[0])) if any(row[number] for row in rows)]
    kept = {}
    for (row, column), (height, width) in spans.items():
        reach = (
            sum(row <= number < row + height for number in kept_rows),
            sum(column <= number < column + width for number in kept_columns),
        )
        if row in kept_rows and column in kept_columns and max(reach) > 1:
            kept[kept_rows.index(row), kept_columns.index(column)] = reach
    return [[rows[row][column] for column in kept_columns] for row in kept_rows], kept
