"""In which order the pieces of a page are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from jobs.engines.fast_rules import aligned, glossary
from jobs.engines.fast_rules.bands import Atom, Band, Group, bands, columns, rows
from jobs.engines.fast_rules.pieces import Line, bounds, leads
from jobs.engines.fast_rules.tables import Table

_DEPTH = 6
_CONTENTS = 0.7  # of the rows lead to a page
_SIDE_SHARE = 0.45  # of the lines of the main column: more, and the side is a column of its own


@dataclass(slots=True)
class Flow:
    """Lines that are read one after the other."""

    lines: list[Line]


@dataclass(slots=True)
class Sides:
    """Text with short remarks beside it, read together: `before` when they stand on the left."""

    main: "list[Region]"
    side: list[Line]
    before: bool


Region = Flow | Sides | Table


def regions(atoms: Sequence[Atom], setting: aligned.Setting, depth: int = 0) -> list[Region]:
    """What is read, in order."""
    if not atoms:
        return []
    lines = [atom for atom in atoms if isinstance(atom, Line)]
    size = median(line.size for line in lines) if lines else 10.0
    found: list[Region] = []
    for band in bands(rows(atoms), size):
        if depth < _DEPTH and band.gutters:
            found.extend(_beside(band, setting, depth))
        else:
            found.extend(_straight(band, setting, depth))
    return found


def _straight(band: Band, setting: aligned.Setting, depth: int) -> list[Region]:
    """Rows that go right across: text, with the tables and boxes between."""
    found: list[Region] = []
    for atom in band.atoms:
        if isinstance(atom, Line):
            if not (found and isinstance(found[-1], Flow)):
                found.append(Flow([]))
            _lines(found[-1]).append(atom)
        elif isinstance(atom, Group):
            found.extend(regions(atom.lines, setting, depth + 1))
        else:
            found.append(atom)
    return found


def _lines(region: Region) -> list[Line]:
    return region.lines if isinstance(region, Flow) else []


def _beside(band: Band, setting: aligned.Setting, depth: int) -> list[Region]:
    """Rows with gutters: a table, text with remarks beside it, or columns that are read one after the other."""
    leading = _leading(band)
    if aligned.is_formula(band) or (max(leading) == 1 and sum(leading) >= _CONTENTS * len(leading)):
        return _straight(band, setting, depth)
    is_index = max(leading) > 1
    if not is_index and aligned.is_table(band, setting):
        return [aligned.table(band, setting)]
    parts = columns(band) if is_index else _with_glossary(columns(band), setting.cell)
    if len(parts) == 2 and all(isinstance(atom, Line) for part in parts for atom in part):  # noqa: PLR2004
        left, right = ([atom for atom in part if isinstance(atom, Line)] for part in parts)
        if _is_side(left, right):
            return [Sides(regions(right, setting, depth + 1), left, before=True)]
        if _is_side(right, left):
            return [Sides(regions(left, setting, depth + 1), right, before=False)]
    if len(parts) == 1 and not isinstance(parts[0][0], Table):
        return _straight(band, setting, depth)
    return [region for part in parts for region in regions(part, setting, depth + 1)]


def _leading(band: Band) -> list[int]:
    """How many pieces of each row lead to a page: one in a table of contents, of which the numbers and titles belong
    together, more in an index of several columns."""
    return [sum(isinstance(atom, Line) and leads(atom) for atom in row.atoms) for row in band.rows]


def _with_glossary(parts: list[list[Atom]], cell: aligned.Cell) -> list[list[Atom]]:
    """The columns, two of them that are words and what they mean as one table."""
    for number, pair in enumerate(pairwise(parts)):
        left, right = ([atom for atom in part if isinstance(atom, Line)] for part in pair)
        if len(left) + len(right) == sum(map(len, pair)) and glossary.are_terms(left, right):
            return [*parts[:number], [glossary.table(left, right, cell)], *parts[number + 2 :]]
    return parts


def _is_side(side: list[Line], main: list[Line]) -> bool:
    side_x0, _, side_x1, _ = bounds(side)
    main_x0, _, main_x1, _ = bounds(main)
    narrow = side_x1 - side_x0 <= 0.6 * (main_x1 - main_x0)
    return narrow and len(side) <= _SIDE_SHARE * len(main) and not aligned.is_prose(side)
