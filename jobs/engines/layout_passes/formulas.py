"""Formulas: kept as text that can be read; the limits of a sum go to its sign."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import re
from dataclasses import replace

from jobs.engines.layout_passes.shapes import Line, Span, Table

_OPERATORS = re.compile("[∑∏∫∮⋃⋂⊎⋀⋁∐⊕⊗⊙⊔]")
_SMALL, _SLACK = 0.85, 0.4  # of a big sign's size: that of its limits, and how far their middle may be off its own
_SIGNS = re.compile(r"[-=+−–·×±<>≤≥≈.…⋯⋮\s]+")
_SIGN_CELLS = 0.3  # share of the filled cells of a formula that was taken for a table that hold but signs


def limited(lines: list[Line]) -> list[Line]:
    """A formula's lines, with what stands right above and below a big operator written behind it."""
    for line in lines:
        for span in [span for span in line.spans if _OPERATORS.fullmatch(span.text.strip())]:
            limits = [other for other in lines if other is not line and _is_limit(other, span)]
            lines = [other for other in lines if not any(other is limit for limit in limits)]
            at = next(n for n, other in enumerate(line.spans) if other is span)
            line.spans[at + 1 : at + 1] = _attached(limits, span, line)
    return lines


def _is_limit(line: Line, operator: Span) -> bool:
    slack = _SLACK * operator.size
    middle = (line.box[0] + line.box[2]) / 2
    near = operator.box[1] - 2 * operator.size < line.box[1] < operator.box[3] + 2 * operator.size
    return line.size < _SMALL * operator.size and operator.box[0] - slack < middle < operator.box[2] + slack and near


def _attached(limits: list[Line], operator: Span, line: Line) -> list[Span]:
    """The limits as lowered and raised spans in the operator's own place."""
    middle = (line.box[1] + line.box[3]) / 2
    below = [limit for limit in limits if limit.box[1] > middle]
    above = [limit for limit in limits if limit.box[1] <= middle]
    texts = [("".join(limit.text.replace(" ", "") for limit in side)) for side in (below, above)]
    lower, upper = (replace(operator, text=text, raised=False, lowered=False, italic=False) for text in texts)
    lower.lowered = upper.raised = True
    return [span for span in (lower, upper) if span.text]


def is_one(table: Table) -> bool:
    """Whether a table is a formula set in columns: equals signs, and many cells that hold but a sign."""
    filled = [cell.text for row in table.rows for cell in row if cell.text.strip()]
    signs = sum(bool(_SIGNS.fullmatch(text)) for text in filled)
    return any("=" in text for text in filled) and signs > _SIGN_CELLS * len(filled)
