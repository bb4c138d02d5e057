"""Boxes that touch each other, as one."""

from collections.abc import Iterable, Sequence

from jobs.engines.geometry import Box, around, touch

_MANY = 1000  # more boxes are first joined by the cells of a grid they lie in: the time grows with the square
_CELL = 12.0  # points


def clusters(boxes: Sequence[Box], reach: float) -> list[Box]:
    """The boxes around all groups of `boxes` that are no more than `reach` points from each other."""
    found: list[Box] = []
    for box in _coarse(boxes) if len(boxes) > _MANY else boxes:
        found = _joined(found, box, reach)
    return found


def _joined(found: list[Box], box: Box, reach: float) -> list[Box]:
    """`found` with `box` as a part of whatever it touches; grown, it may touch more."""
    while True:
        met = [other for other in found if touch(box, other, reach)]
        if not met:
            return [*found, box]
        found = [other for other in found if other not in met]
        box = around(box, *met)


def _coarse(boxes: Iterable[Box]) -> list[Box]:
    cells: dict[tuple[int, int], Box] = {}
    for box in boxes:
        cell = (int((box[0] + box[2]) / 2 / _CELL), int((box[1] + box[3]) / 2 / _CELL))
        cells[cell] = around(cells[cell], box) if cell in cells else box
    return list(cells.values())
