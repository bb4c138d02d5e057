"""Two columns of which the left has a word for each paragraph of the right: terms and what they mean."""

from collections.abc import Sequence
from itertools import pairwise

from jobs.engines.fast_rules.aligned import Cell
from jobs.engines.fast_rules.pieces import Line, bounds
from jobs.engines.fast_rules.tables import Table

_TERMS = 4
_TERM_LETTERS = 30
_MOST = 200  # terms on one page


def are_terms(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether the left column has a word for each paragraph of the right one."""
    if not _TERMS <= len(left) <= min(len(right), _MOST) or max(len(line.text) for line in left) > _TERM_LETTERS:
        return False
    if any(below.y0 - above.y1 < 0.1 * above.height for above, below in pairwise(left)):
        return False
    beside = sum(any(abs(line.y1 - other.y1) < 0.4 * line.height for other in right) for line in left)
    bold = sum(line.bold for line in left)
    return beside >= len(left) - 1 and bold <= 0.3 * len(left)


def table(left: Sequence[Line], right: Sequence[Line], cell: Cell) -> Table:
    """A table of terms and what they mean."""
    tops = [line.y0 - line.height for line in left[1:]]
    texts: list[list[Line]] = [[] for _ in left]
    for line in right:
        texts[sum(line.y0 - 0.4 * line.height > top for top in tops)].append(line)
    rows = [[cell([term]), cell(text) if text else ""] for term, text in zip(left, texts, strict=True)]
    return Table(*bounds([*left, *right]), rows)
