"""Addresses laid over text: which part of a run leads where."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from jobs.engines.fast_rules.pieces import Line, Run
from jobs.engines.fast_rules.shelves import Shelves

_SAFE = re.compile(r"^(?:https?|ftp|mailto):", re.I)
_UNSAFE_SIGNS = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\n": "", "\r": ""})
_NARROW, _WIDE = frozenset("iIjltfr.,:;'|!()[] "), frozenset("mwMWGOQ@—")

_MOST = 100  # links on one line: each is compared to all of it

_Box = tuple[float, float, float, float]


class Link(NamedTuple):
    """An address and the place it covers."""

    x0: float
    y0: float
    x1: float
    y1: float
    address: str


def addresses(links: Iterable[dict[str, Any]], turn: Callable[[_Box], _Box]) -> list[Link]:
    """The web addresses among PyMuPDF's links of a page; `turn` moves their rectangles to the lines' coordinates."""
    return [
        Link(*turn((box.x0, box.y0, box.x1, box.y1)), address=link["uri"].strip().translate(_UNSAFE_SIGNS))
        for link in links
        for box in [link["from"]]
        if _SAFE.match(link.get("uri", "").strip())
    ]


def linked(lines: Sequence[Line], links: Sequence[Link]) -> None:
    """Put each address on the runs below it; runs that it covers in part are cut."""
    shelves = Shelves(lines)
    met: Counter[int] = Counter()
    for link in links:
        for line in shelves.across((link.y0 + link.y1) / 2):
            if line.x0 < link.x1 and line.x1 > link.x0 and met[id(line)] < _MOST:
                met[id(line)] += 1
                line.runs = [piece for run in line.runs for piece in _cut(run, link)]


def _cut(run: Run, link: Link) -> list[Run]:
    """The run in up to three pieces: before the link, under it, behind it."""
    if run.link or run.x1 <= link.x0 + 1 or run.x0 >= link.x1 - 1:
        return [run]
    start, end = _index(run, link.x0), _index(run, link.x1)
    start, end = _word_edges(run.text, start, end)
    under = run.text[start:end]
    if not under.strip():
        return [run]
    pieces = [run._replace(text=run.text[:start]), run._replace(text=under, link=link.address)]
    pieces.append(run._replace(text=run.text[end:]))
    places = _places(run)
    edges = [run.x0, places[start], places[end], run.x1]
    return [piece._replace(x0=edges[at], x1=edges[at + 1]) for at, piece in enumerate(pieces) if piece.text]


def _places(run: Run) -> list[float]:
    """Where each letter begins, guessed from how wide letters usually are, and where the last one ends."""
    widths = [0.55 if letter in _NARROW else 1.5 if letter in _WIDE else 1.0 for letter in run.text]
    scale = (run.x1 - run.x0) / (sum(widths) or 1)
    places = [run.x0]
    for width in widths:
        places.append(places[-1] + width * scale)
    return places


def _index(run: Run, x: float) -> int:
    """The letter that begins nearest to `x`."""
    places = _places(run)
    return min(range(len(places)), key=lambda at: abs(places[at] - x))


def _word_edges(text: str, start: int, end: int) -> tuple[int, int]:
    """The nearest edges of words, not further than three letters off."""
    return _edge(text, start, 0), _edge(text, end, len(text))


def _edge(text: str, at: int, last: int) -> int:
    for step in (0, 1, -1, 2, -2, 3, -3):
        place = at + step
        if place in (0, len(text)) or (0 < place < len(text) and _is_edge(text, place)):
            return place
    return at


def _is_edge(text: str, place: int) -> bool:
    return text[place - 1].isalnum() != text[place].isalnum()
