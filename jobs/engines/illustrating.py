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
    """The text with the links, where the blocks and the captions stand in it, the pictures as blocks, what was cut."""

    text: str
    places: list[Place]
    captions: set[Place]
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
    return Illustrated(text, places, {places[at] for at in found if at is not None}, parts, cut)


def with_pictures(told: Sequence[Part], made: Illustrated) -> list[Part]:
    """The page's blocks as they follow each other in the text, its pictures among them."""
    named = [_as_caption(each) if (each["at"], each["to"]) in made.captions else each for each in told]
    return sorted([*named, *made.parts], key=lambda each: int(each["at"]))


def _as_caption(each: Part) -> Part:
    return {**each, "type": "caption"} if each["type"] == "text" else each
