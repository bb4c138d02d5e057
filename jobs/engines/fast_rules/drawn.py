"""What is drawn on a page: rules, outlines of boxes, and other strokes."""

from collections.abc import Callable, Iterator
from typing import Any

from jobs.engines.fast_rules.pieces import Rule

_THIN = 3.0  # points: a drawn box that is thinner is a rule
_VECTORS = 6000  # a page with more drawings is a picture, and its rules are no tables

_Box = tuple[float, float, float, float]


def drawn(vectors: list[dict[str, Any]], turn: Callable[[_Box], _Box]) -> tuple[list[Rule], int]:
    """Thin rules and the outlines of boxes, and how many other strokes there are."""
    rules: list[Rule] = []
    strokes = 0
    if len(vectors) > _VECTORS:
        return rules, len(vectors)
    for vector in vectors:
        rule = Rule(*turn(vector["bbox"]))
        if rule.x1 - rule.x0 <= _THIN or rule.y1 - rule.y0 <= _THIN:
            rules.append(rule)
        elif not vector["isrect"]:
            strokes += 1
        elif vector["stroked"]:
            rules.extend(_edges(rule))
    return rules, strokes


def _edges(box: Rule) -> Iterator[Rule]:
    yield Rule(box.x0, box.y0, box.x1, box.y0)
    yield Rule(box.x0, box.y1, box.x1, box.y1)
    yield Rule(box.x0, box.y0, box.x0, box.y1)
    yield Rule(box.x1, box.y0, box.x1, box.y1)
