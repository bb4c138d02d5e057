"""What a page is made of: lines of runs, and the rules drawn between them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

_LEADERS = re.compile(r"(?:\s?[.·…]){5,}\s*\S{0,6}$")


class Style(NamedTuple):
    """How a run looks; `size` in points, `raised` for superscripts."""

    size: float
    bold: bool = False
    italic: bool = False
    mono: bool = False
    raised: bool = False


class Run(NamedTuple):
    """Text of one style, from `x0` to `x1` in points; `link` is the address it leads to."""

    text: str
    style: Style
    x0: float = 0.0
    x1: float = 0.0
    link: str = ""


class Box(Protocol):
    """Anything with four edges."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class Line:
    """A piece of text on one baseline without wide gaps; `size` is that of most of its letters."""

    x0: float
    y0: float
    x1: float
    y1: float
    runs: list[Run]
    size: float
    text: str
    bold: bool = False
    mono: bool = False
    blank: bool = False  # whether it ended in a space, so that what follows at a distance is something else

    @property
    def height(self) -> float:
        return self.y1 - self.y0


@dataclass(slots=True)
class Rule:
    """A drawn bar or the outline of a box."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class Sheet:
    """One page as read: its lines, its thin rules, and how far it extends."""

    width: float
    height: float
    lines: list[Line]
    turned: list[Line]  # those that run in another direction than most
    rules: list[Rule]
    hidden: int = 0  # letters that are not painted
    strokes: int = 0  # drawn lines that are neither straight nor boxes


@dataclass(slots=True)
class Block:
    """Lines that belong together; `kind` is heading, text, item or code."""

    kind: str
    lines: list[Line]
    level: int = 0
    mark: str = ""
    cut: int = 0  # letters of the first line that are the list's mark

    @property
    def x0(self) -> float:
        return self.lines[0].x0

    @property
    def y0(self) -> float:
        return self.lines[0].y0

    @property
    def y1(self) -> float:
        return self.lines[-1].y1


def line_of(runs: Sequence[Run], x0: float, y0: float, x1: float, y1: float) -> Line:
    """A line of `runs`, with the looks of most of its letters."""
    text = "".join(run.text for run in runs)
    letters = [(len(run.text) - run.text.count(" "), run.style) for run in runs]
    total = sum(count for count, _ in letters) or 1
    size = max(letters, key=lambda pair: pair[0])[1].size if letters else 0.0
    bold = sum(count for count, style in letters if style.bold) >= 0.9 * total
    mono = sum(count for count, style in letters if style.mono) >= 0.9 * total
    return Line(x0, y0, x1, y1, list(runs), size, text, bold, mono)


def joined(lines: Sequence[Line]) -> Line:
    """Pieces of one baseline, in their order, as one line with spaces between."""
    if len(lines) == 1:
        return lines[0]
    runs: list[Run] = []
    for line in lines:
        if runs and not runs[-1].text.endswith(" ") and not line.text.startswith(" "):
            runs.append(Run(" ", runs[-1].style, runs[-1].x1, line.x0))
        runs.extend(line.runs)
    return line_of(runs, *bounds(lines))


def leads(line: Line) -> bool:
    """Whether the line ends in a row of dots and what these lead to, as in a table of contents."""
    return bool(_LEADERS.search(line.text))


def bounds(boxes: Iterable[Box]) -> tuple[float, float, float, float]:
    """The smallest box around all `boxes`: x0, y0, x1, y1."""
    x0s, y0s, x1s, y1s = zip(*((box.x0, box.y0, box.x1, box.y1) for box in boxes), strict=True)
    return min(x0s), min(y0s), max(x1s), max(y1s)


def inside(box: Box, outer: Box, slack: float = 1.0) -> bool:
    """Whether the middle of `box` lies in `outer`."""
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return outer.x0 - slack <= x <= outer.x1 + slack and outer.y0 - slack <= y <= outer.y1 + slack
