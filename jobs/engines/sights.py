"""What an engine sees of a page when it looks for pictures: all in one frame, in points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jobs.engines.geometry import Box


class Text(NamedTuple):
    """A line of text."""

    box: Box
    text: str


class Stroke(NamedTuple):
    """Something drawn; `plain` when it is an upright rectangle or a level or standing line."""

    box: Box
    plain: bool


@dataclass(frozen=True)
class Sight:
    """What an engine sees of a page.

    `images` are pictures placed on it, `strokes` what is drawn, `guessed` what a net took for pictures, `texts` the
    lines of its text, `tables` the boxes of its tables. `scanned`: it is a picture itself, whose text was read.
    `furniture`: logos at its edges are wanted too.
    """

    width: float
    height: float
    images: Sequence[Box] = ()
    strokes: Sequence[Stroke] = ()
    guessed: Sequence[Box] = ()
    texts: Sequence[Text] = ()
    tables: Sequence[Box] = ()
    scanned: bool = False
    furniture: bool = False

    @property
    def box(self) -> Box:
        return 0.0, 0.0, self.width, self.height


@dataclass(frozen=True)
class Figure:
    """A picture or a drawing. `drawn`: made of strokes, so that the words in it are its labels; `prose`: text runs in
    it that is more than labels."""

    box: Box
    drawn: bool = False
    prose: bool = False
