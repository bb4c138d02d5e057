"""Links of the PDF, which are rectangles, onto the words that lie in them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from jobs.engines.geometry import Box
from jobs.engines.layout_passes.shapes import Line, Span, overlap

_SCHEMES = ("http://", "https://", "mailto:", "ftp://")
_MOST = 2000  # links of a page: each is held against each line
_Target = tuple[Box, str]


def targets(links: Iterable[Mapping[str, Any]]) -> list[_Target]:
    """Rectangle and address of each of `page.get_links()` that leads out of the document to a safe place."""
    found = ((tuple(link["from"]), str(link.get("uri") or "")) for link in links)
    return list(islice(((box, uri) for box, uri in found if uri.lower().startswith(_SCHEMES)), _MOST))


def linked(lines: list[Line], wanted: list[_Target]) -> list[Line]:
    """The lines with each span cut where a link begins or ends."""
    for line in lines if wanted else ():
        box = line.box
        near = [target for target in wanted if _touches(target[0], box)]
        if near:
            line.spans = [part for span in line.spans for part in _cut(span, near)]
    return lines


def _touches(target: Box, box: Box) -> bool:
    height = min(target[3] - target[1], box[3] - box[1])
    rows = overlap((target[1], target[3]), (box[1], box[3]))
    return rows > 0.5 * height and overlap((target[0], target[2]), (box[0], box[2])) > 1


def _cut(span: Span, near: list[_Target]) -> list[Span]:
    """The span in parts, each wholly in one link or in none. Letters are taken to be equally wide; a word is whole."""
    parts: list[Span] = []
    for word, left, right in _words(span):
        middle = (left + right) / 2
        link = next((uri for box, uri in near if box[0] - 1 <= middle <= box[2] + 1), "")
        if parts and parts[-1].link == link:
            last = parts[-1]
            parts[-1] = replace(last, text=last.text + word, box=(last.box[0], last.box[1], right, last.box[3]))
        else:
            parts.append(replace(span, text=word, link=link, box=(left, span.box[1], right, span.box[3])))
    return parts


def _words(span: Span) -> Iterable[tuple[str, float, float]]:
    """Words with the spaces after them, and from where to where each reaches."""
    width = (span.box[2] - span.box[0]) / max(len(span.text), 1)
    start = 0
    for i, sign in enumerate(span.text):
        if (sign == " ") != (span.text[start] == " "):
            yield span.text[start:i], span.box[0] + start * width, span.box[0] + i * width
            start = i
    if span.text:
        yield span.text[start:], span.box[0] + start * width, span.box[2]
