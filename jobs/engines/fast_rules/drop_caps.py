"""Drop capitals: a big first letter, set beside the first lines of its paragraph."""

from collections.abc import Sequence

from jobs.engines.fast_rules.pieces import Line, Run

_BIG = 1.7  # times the size of the lines beside it
_LETTERS = 2
_MOST = 20  # on a page


def with_drop_caps(lines: Sequence[Line]) -> list[Line]:
    """Lines in which each drop capital begins the line it belongs to."""
    kept = list(lines)
    caps = [line for line in lines if len(line.text) <= _LETTERS and line.text[0].isupper()]
    for cap in sorted(caps, key=lambda line: -line.size)[:_MOST]:
        beside = [line for line in kept if line is not cap and _is_beside(cap, line)]
        if len(beside) > 1:
            _join(cap, beside)
            kept = [line for line in kept if line is not cap]
    return kept


def _is_beside(cap: Line, line: Line) -> bool:
    if cap.size < _BIG * line.size or len(line.text) <= _LETTERS:
        return False
    touches = cap.x1 - 0.3 * cap.size <= line.x0 <= cap.x1 + 0.6 * cap.size
    return touches and cap.y0 - line.height <= line.y0 and line.y1 <= cap.y1 + 0.5 * line.height


def _join(cap: Line, beside: list[Line]) -> None:
    """Put the capital before the first line; the lines beside it are not indented, they only make room."""
    first = min(beside, key=lambda line: line.y0)
    gap = " " if cap.text in ("A", "I") and first.x0 - cap.x1 > 0.35 * first.size else ""
    first.runs = [Run(cap.text + gap, first.runs[0].style, cap.x0, cap.x1), *first.runs]
    first.text = cap.text + gap + first.text
    for line in beside:
        line.x0 = min(line.x0, cap.x0)
