"""Rows of a page, and bands of rows through which the same white gutters run.

The idea is that of the recursive XY-cut (Nagy and Seth, 1984), but a gutter is followed from row to row: a line across
the page ends it, so that a title, columns, and a table below each get a band of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from jobs.engines.fast_rules.pieces import Line
from jobs.engines.fast_rules.tables import Table

_GUTTER = 0.7  # of the font size
_LEAST_ROWS = 3  # with text on both sides, for a gutter to be more than chance
_REMARKED = 4  # rows
_FAR = 4.5  # row heights of white end a band

Span = tuple[float, float]


@dataclass(slots=True)
class Group:
    """What stands in a drawn box."""

    x0: float
    y0: float
    x1: float
    y1: float
    lines: list[Line]


Atom = Line | Table | Group


@dataclass(slots=True)
class Row:
    """Pieces side by side, and the stretches of x that are not free here."""

    y0: float
    y1: float
    atoms: list[Atom]
    taken: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class Band:
    """Rows with common gutters; without `gutters` the rows go right across."""

    rows: list[Row]
    gutters: list[Span]

    @property
    def atoms(self) -> list[Atom]:
        return [atom for row in self.rows for atom in row.atoms]


def rows(atoms: Iterable[Atom]) -> list[Row]:
    """From top to bottom; a tall piece belongs to the first of the rows beside it and takes its room in all."""
    found: list[Row] = []
    tall: list[Atom] = []
    for atom in sorted(atoms, key=lambda atom: (atom.y0 + atom.y1, atom.x0)):
        if not isinstance(atom, Line):
            tall.append(atom)
        elif found and _beside(found[-1], atom):
            found[-1].atoms.append(atom)
            found[-1].taken.append((atom.x0, atom.x1))
        else:
            found.append(Row(atom.y0, atom.y1, [atom], [(atom.x0, atom.x1)]))
    for atom in tall:
        _put(found, atom)
    found.sort(key=lambda row: row.y0)
    for row in found:
        row.atoms.sort(key=lambda atom: atom.x0)
        row.taken.sort()
    return found


def _beside(row: Row, atom: Atom) -> bool:
    level = min(row.y1, atom.y1) - max(row.y0, atom.y0)
    return level > 0.5 * min(row.y1 - row.y0, atom.y1 - atom.y0)


def _put(found: list[Row], atom: Atom) -> None:
    beside = [row for row in found if row.y0 < atom.y1 - 1 and row.y1 > atom.y0 + 1]
    if not beside:
        found.append(Row(atom.y0, atom.y1, [atom], [(atom.x0, atom.x1)]))
        return
    beside[0].atoms.append(atom)
    for row in beside:
        row.taken.append((atom.x0, atom.x1))


def bands(found: list[Row], size: float) -> list[Band]:
    """The rows in bands; `size` is the usual font size in points."""
    parts: list[Band] = []
    solid: list[Row] = []
    at = 0
    while at < len(found):
        count, gutters = _run(found, at, _GUTTER * size)
        if not count:
            solid.append(found[at])
            at += 1
            continue
        head = _head(solid, found[at]) if _is_remark(found[at : at + count], gutters) else []
        solid = solid[: len(solid) - len(head)]
        if solid:
            parts.append(Band(solid, []))
            solid = []
        parts.append(Band([*head, *found[at : at + count]], gutters))
        at += count
    return [*parts, Band(solid, [])] if solid else parts


def _run(found: list[Row], start: int, least: float) -> tuple[int, list[Span]]:
    """How many rows from `start` on share gutters, and these; 0 when they don't."""
    gaps = _gaps(found[start].taken, least)
    count = 1 if gaps else 0
    for at in range(start + 1, len(found)):
        row, above = found[at], found[at - 1]
        if not gaps or row.y0 - above.y1 > _FAR * (above.y1 - above.y0):
            break
        left = _common(gaps, row.taken, least)
        if not left:
            break
        gaps = left
        count += 1
    while count and not _crossed(found[start + count - 1], gaps):
        count -= 1
    confirmed = sum(_crossed(row, gaps) for row in found[start : start + count])
    enough = confirmed >= _LEAST_ROWS or (confirmed >= 2 and len(gaps) >= 2)  # noqa: PLR2004
    if enough or _beside_tall(found[start], gaps):
        return _with_tail(found, start, count, gaps), gaps
    if not count:
        return 0, []
    whole = _with_tail(found, start, count, gaps)
    return (whole, gaps) if _is_remark(found[start : start + whole], gaps) else (0, [])


def _is_remark(run: list[Row], gaps: list[Span]) -> bool:
    """Whether few words stand beside the rows of a column, on its left: the column's rows begin at one place."""
    if len(gaps) != 1 or len(run) < _REMARKED or sum(_crossed(row, gaps) for row in run) >= _LEAST_ROWS:
        return False
    starts = [row.taken[-1][0] for row in run]
    return run[0].taken[0][1] <= gaps[0][0] and max(starts) - min(starts) <= 2  # noqa: PLR2004


def _head(solid: list[Row], first: Row) -> list[Row]:
    """The rows above that belong to the column beside which a remark begins."""
    head: list[Row] = []
    below = first
    for row in reversed(solid):
        begins = abs(row.taken[0][0] - first.taken[-1][0]) <= 2 and len(row.taken) == 1  # noqa: PLR2004
        if not begins or below.y0 - row.y1 > 0.8 * (row.y1 - row.y0):
            break
        head.insert(0, row)
        below = row
    return head


def _with_tail(found: list[Row], start: int, count: int, gaps: list[Span]) -> int:
    """The last column's rest: rows below that keep to one side and follow closely."""
    for at in range(start + count, len(found)):
        row, above = found[at], found[at - 1]
        close = row.y0 - above.y1 <= 0.8 * (above.y1 - above.y0)
        if not close or len(_common(gaps, row.taken, 0.0)) < len(gaps) or _one_side(row, gaps) is None:
            break
        count += 1
    return count


def _one_side(row: Row, gaps: list[Span]) -> int | None:
    sides = {sum(start >= gap[1] - 1 for gap in gaps) for start, _ in row.taken}
    return sides.pop() if len(sides) == 1 else None


def _beside_tall(row: Row, gaps: list[Span]) -> bool:
    return bool(gaps) and any(not isinstance(atom, Line) for atom in row.atoms) and len(row.atoms) > 1


def _gaps(taken: list[Span], least: float) -> list[Span]:
    gaps = []
    end = taken[0][1]
    for start, stop in taken[1:]:
        if start - end >= least:
            gaps.append((end, start))
        end = max(end, stop)
    return gaps


def _common(gaps: list[Span], taken: list[Span], least: float) -> list[Span]:
    """What is left free of `gaps` by another row."""
    for start, stop in taken:
        left = []
        for gap in gaps:
            if stop <= gap[0] or start >= gap[1]:
                left.append(gap)
                continue
            left.extend(part for part in ((gap[0], start), (stop, gap[1])) if part[1] - part[0] >= max(least, 0.01))
        gaps = left
    return gaps


def _crossed(row: Row, gaps: list[Span]) -> bool:
    """Whether the row has text on both sides of a gutter."""
    return any(row.taken[0][0] < gap[0] + 1 and row.taken[-1][1] > gap[1] - 1 for gap in gaps)


def columns(band: Band) -> list[list[Atom]]:
    """The pieces of a band between its gutters, from left to right."""
    found: list[list[Atom]] = [[] for _ in range(len(band.gutters) + 1)]
    for atom in band.atoms:
        middle = (atom.x0 + atom.x1) / 2
        found[sum(middle > (gap[0] + gap[1]) / 2 for gap in band.gutters)].append(atom)
    return [column for column in found if column]
