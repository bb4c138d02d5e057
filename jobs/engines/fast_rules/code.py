"""Listings: lines in a font whose letters are equally wide."""

import re
from collections.abc import Sequence
from itertools import pairwise

from jobs.engines.fast_rules.pieces import Line, Run, bounds, line_of

_SIGNS = re.compile(r"[(){}\[\];=<>*/\\|$%]|::|->|--")

_BLANKS = 9  # font sizes: so wide are the gaps in the rows of a listing


def is_code(lines: Sequence[Line]) -> bool:
    """Whether a paragraph is a listing; a single line must look like more than a name."""
    if not all(line.mono for line in lines):
        return False
    return len(lines) > 1 or bool(_SIGNS.search(lines[0].text))


def with_typed_rows(lines: Sequence[Line]) -> list[Line]:
    """Lines in which pieces of one row of a listing are one, with the blanks between."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and _is_row(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [_row(row) for row in rows]


def _row(pieces: Sequence[Line]) -> Line:
    if len(pieces) == 1:
        return pieces[0]
    runs = list(pieces[0].runs)
    for last, piece in pairwise(pieces):
        width = (piece.x1 - piece.x0) / len(piece.text)
        blanks = " " * max(1, round((piece.x0 - last.x1) / width))
        runs += [Run(blanks, piece.runs[0].style, last.x1, piece.x0), *piece.runs]
    return line_of(runs, *bounds(pieces))


def _is_row(last: Line, line: Line) -> bool:
    level = min(last.y1, line.y1) - max(last.y0, line.y0)
    gap = line.x0 - last.x1
    return last.mono and line.mono and level > 0.7 * line.height and -1 <= gap <= _BLANKS * line.size


def listing(lines: Sequence[Line]) -> str:
    """The lines with their indents and blank lines, as a fenced block."""
    width = _letter_width(lines)
    left = min(line.x0 for line in lines)
    leading = min((below.y0 - above.y0 for above, below in pairwise(lines)), default=0.0)
    rows: list[str] = []
    last: Line | None = None
    for line in lines:
        if last is not None and leading > 1 and line.y0 - last.y0 > 1.7 * leading:
            rows.append("")
        rows.append(" " * max(0, round((line.x0 - left) / width)) + line.text.rstrip())
        last = line
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", "\n".join(rows))), default=0))
    return "\n".join([fence, *rows, fence])


def _letter_width(lines: Sequence[Line]) -> float:
    longest = max(lines, key=lambda line: len(line.text))
    return max((longest.x1 - longest.x0) / max(len(longest.text), 1), 1.0)
