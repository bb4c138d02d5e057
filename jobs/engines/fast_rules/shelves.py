"""Lines sorted by height, so that those at one place are found without looking at all."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from jobs.engines.fast_rules.pieces import Box, Line, inside

_SHELVES = 256


class Shelves:
    """Lines on shelves that part the page's height evenly; a line lies on each that it reaches."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._top = min((line.y0 for line in lines), default=0.0)
        bottom = max((line.y1 for line in lines), default=0.0)
        self._step = max((bottom - self._top) / _SHELVES, 1.0)
        self._shelves: dict[int, list[Line]] = {}
        for line in lines:
            for shelf in range(self._at(line.y0), self._at(line.y1) + 1):
                self._shelves.setdefault(shelf, []).append(line)

    def across(self, y: float) -> list[Line]:
        """The lines that `y` goes through."""
        return [line for line in self._shelves.get(self._at(y), ()) if line.y0 <= y <= line.y1]

    def _at(self, y: float) -> int:
        return int((y - self._top) / self._step)


class Pile:
    """Lines of which those in a box can be taken away, once."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._left = dict(enumerate(lines))
        self._sorted = sorted(((line.y0 + line.y1) / 2, number) for number, line in self._left.items())

    def __len__(self) -> int:
        return len(self._left)

    def __iter__(self) -> Iterator[Line]:
        return iter(self._left.values())

    def inside(self, box: Box) -> dict[int, Line]:
        """The lines in the box that are left, by their numbers, in their order."""
        at = bisect_left(self._sorted, (box.y0 - 1.0, -1))
        found = []
        while at < len(self._sorted) and self._sorted[at][0] <= box.y1 + 1.0:
            number = self._sorted[at][1]
            if number in self._left and inside(self._left[number], box):
                found.append(number)
            at += 1
        return {number: self._left[number] for number in sorted(found)}

    def take(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            del self._left[number]
