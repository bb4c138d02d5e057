"""Running headers, footers and page numbers: what stands at the edge of a page and on its neighbours too."""

import re
from collections.abc import Callable, Iterable, Sequence

from jobs.engines.fast_rules.pieces import Line, Sheet

_FIRST = 0.11  # of the page's height: here the outermost row of furniture lies
_OUTER = 0.05  # rows here are looked at in any case
_CLOSE = 1.0  # row heights between the rows of one header
_DEEP = 0.2  # or even here, on pages with wide margins
MARGIN = 0.22  # and so far inwards the rows after it
_SAME_PLACE = 6.0  # points
_VERY_PLACE = 1.5
_LONG = 400  # letters in a row
_PAGE_NUMBER = re.compile(
    r"^(?:[-\u2013\u2014|\s]*(?:(?:page|seite|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})[-\u2013\u2014|\s]*"
    r"|(?:page|seite)\s+\S{1,5}\s+(?:of|von|/)\s+\S{1,5}|\d{1,4}\s*(?:/|of)\s*\d{1,4})$",
    re.I,
)
_PRINTED = re.compile(
    r"^\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d{2}|^(?:https?://|file://|www\.)\S+(?:\s+\d+/\d+)?$|\s\d+/\d+$", re.I
)
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,7}\b", re.I)
_RANDOM = 0.6  # of a page's letters: more is no furniture, whatever repeats

# What a neighbouring page has at its edges: folded text -> distances from the top.
Edges = dict[str, list[float]]


def edges(sheet: Sheet) -> Edges:
    """The texts at the top and bottom of a page, folded, with their places."""
    found: Edges = {}
    for line in sheet.lines:
        if line.y1 < MARGIN * sheet.height or line.y0 > (1 - MARGIN) * sheet.height:
            found.setdefault(_folded(line.text), []).append(line.y0)
    return found


def _folded(text: str) -> str:
    return _DIGITS.sub("#", "".join(text.split()).casefold())


def without(sheet: Sheet, peers: Sequence[Callable[[], Edges]]) -> list[Line]:
    """The page's lines without its furniture; `peers` give the edges of neighbouring pages, nearest first, and are
    only called where needed."""
    rows = _rows(sheet.lines)
    if not rows:
        return []
    dropped = [*_at_edge(rows, sheet, peers, top=True), *_at_edge(rows[::-1], sheet, peers, top=False)]
    gone = {id(line) for row in dropped for line in row}
    kept = [line for line in sheet.lines if id(line) not in gone]
    letters = sum(len(line.text) for line in sheet.lines)
    return kept if sum(len(line.text) for line in kept) >= (1 - _RANDOM) * letters and kept else list(sheet.lines)


def _rows(lines: Iterable[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.y0 + line.y1):
        if rows and min(rows[-1][0].y1, line.y1) - max(rows[-1][0].y0, line.y0) > 0.4 * line.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _at_edge(
    rows: Sequence[list[Line]], sheet: Sheet, peers: Sequence[Callable[[], Edges]], *, top: bool
) -> list[list[Line]]:
    """The rows of furniture from the edge inwards."""
    dropped: list[list[Line]] = []
    for row, inner in zip(rows, [*rows[1:], None], strict=True):
        depth = (max(line.y1 for line in row) if top else sheet.height - min(line.y0 for line in row)) / sheet.height
        apart = inner is None or _gap(row, inner) > (0.7 if depth <= _FIRST else 1.2) * row[0].height
        if depth > (MARGIN if dropped else _DEEP if apart else _FIRST):
            break
        if dropped and depth > _OUTER and _gap(dropped[-1], row) > _CLOSE * row[0].height:
            break
        worth = bool(dropped) or apart or depth <= _OUTER or _differs(row, inner)
        if not (_is_numbered(row, apart, depth) or (worth and _repeats(row, peers))):
            break
        dropped.append(row)
    return dropped


def _differs(row: list[Line], inner: list[Line] | None) -> bool:
    """Whether a row looks otherwise than the one beside it, and is not just one of its lines."""
    first = row[0].runs[0].style
    return inner is None or len(row) > 1 or abs(row[0].size - inner[0].size) > 0.3 or first != inner[0].runs[0].style  # noqa: PLR2004


def _gap(row: list[Line], inner: list[Line]) -> float:
    return max(inner[0].y0 - row[0].y1, row[0].y0 - inner[0].y1)


def _is_numbered(row: list[Line], apart: bool, depth: float) -> bool:
    """Whether the row has a page number or what a browser prints, and stands apart."""
    texts = [line.text.strip() for line in row]
    if depth < 0.07 and any(_PRINTED.search(text) for text in texts):  # noqa: PLR2004
        return True
    if all(_PAGE_NUMBER.match(text) for text in texts):
        return apart
    ends = len(texts) > 1 and (_PAGE_NUMBER.match(texts[0]) or _PAGE_NUMBER.match(texts[-1]))
    return bool(ends) and apart and sum(map(len, texts)) < 90  # noqa: PLR2004


def _repeats(row: list[Line], peers: Sequence[Callable[[], Edges]]) -> bool:
    """Whether a neighbouring page has most of the row at the same height."""
    keys = [(_folded(line.text), line.y0) for line in row]
    if sum(len(key) for key, _ in keys) > _LONG:
        return False
    return any(_has(peer(), keys) for peer in peers)


def _has(peer: Edges, keys: Sequence[tuple[str, float]]) -> bool:
    there = sum(len(key) for key, y in keys if any(abs(place - y) <= _near(key) for place in peer.get(key, ())))
    return 2 * there > sum(len(key) for key, _ in keys)


def _near(key: str) -> float:
    """How far apart it can stand in points: a mere number must be at the very place."""
    return _SAME_PLACE if len(key) > 1 else _VERY_PLACE
