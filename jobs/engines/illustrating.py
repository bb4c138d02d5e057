"""A written page gets its pictures: cut out, named, linked where they are read, and told among its blocks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jobs.engines import captions, weaving
from jobs.engines.cutting import Cut, link
from jobs.engines.geometry import Box
from jobs.engines.parts import Part, Place, part


@dataclass(frozen=True)
class Written:
    """A page in Markdown with its blocks: where each stands in the text and on the page, and the words of those that
    are captions of pictures (empty for the others)."""

    text: str
    places: Sequence[Place]
    boxes: Sequence[Box]
    captions: Sequence[str]


@dataclass(frozen=True)
class Illustrated:
    """The text with the links; the blocks' places in it; the pictures as blocks; and what was cut."""

    text: str
    places: list[Place]
    parts: list[Part]
    cut: Cut


def illustrated(
    written: Written, boxes: Sequence[Box], cut: Cut, number: int, to_frame: Callable[[Box], Box] = lambda box: box
) -> Illustrated:
    """Page `number` with the pictures in `boxes`, which were `cut`; `to_frame` takes boxes to where people see them."""
    shown = [(box, name) for box, name in zip(boxes, cut.names, strict=True) if name]
    found = captions.of_pictures([box for box, _ in shown], written.boxes, written.captions)
    paragraphs = [
        (weaving.position(box, written.boxes, at), link(name, "" if at is None else written.captions[at], n, number))
        for n, ((box, name), at) in enumerate(zip(shown, found, strict=True), start=1)
    ]
    text, places, own = weaving.woven(written.text, written.places, paragraphs)
    parts = [
        part("picture", "", to_frame(box), place, image=name) for (box, name), place in zip(shown, own, strict=True)
    ]
    return Illustrated(text, places, parts, cut)


def in_order(*lists: Sequence[Part]) -> list[Part]:
    """Blocks as they follow each other in the text."""
    return sorted((each for parts in lists for each in parts), key=lambda each: each["at"])
