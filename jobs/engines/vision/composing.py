"""From an answer to a page's Markdown and blocks."""

import re
from dataclasses import dataclass, field
from typing import Any

from jobs.engines import NO_TEXT, VISION, Markdown, Picture, cutting
from jobs.engines.parts import listing_text
from jobs.engines.vision import Answer, Sheet, VisionFailure, blocks
from jobs.engines.vision.cells import cells
from jobs.engines.vision.cleaning import bare, without_furniture
from jobs.engines.vision.parts import FURNITURE, Box, Part, split
from jobs.engines.vision.places import on_page
from jobs.engines.vision.presets import Preset
from jobs.engines.vision.repetition import without_loop

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_LINK = re.compile(r"!?\[([^\]\n]{0,500})\]\([^()\n]{0,500}\)")
_SIGNS = re.compile(r"^#{1,6} |[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|\$\$?", re.MULTILINE)
_FLOATING = ("picture", "caption", "footnote", "header", "footer")
_WORDS = 8  # of the last paragraph of a page that may go on
_HEADING = re.compile(r"#{1,6}(?= )")


@dataclass(frozen=True)
class Reading:
    """A page as the model has read it: its parts, boxes in points."""

    parts: list[Part]
    warnings: list[str]

    def pictures(self) -> dict[int, Box]:
        """The parts that can be cut out of the page: which, and where."""
        return {number: part.box for number, part in enumerate(self.parts) if part.kind == "picture" and part.box}


@dataclass(frozen=True)
class Cut:
    """Pictures that were cut out of the page: their files' names by the part they show, and what could not be done."""

    names: dict[int, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read(answer: Answer, sheet: Sheet, preset: Preset, *, keep_furniture: bool) -> Reading:
    """What stands in `answer` about the page `sheet`. Raises VisionFailure where that is nothing at all."""
    text = without_loop(answer.text) if answer.repeats else answer.text
    if not bare(text):
        what = "did nothing but repeat itself" if answer.repeats else "gave an empty answer"
        raise VisionFailure("vision", f"The vision model {what}.")
    found = split(without_furniture(bare(text), keep_furniture))
    parts = [block for part in found for block in blocks.parted(part)]
    body = [part for part in parts if part.kind not in FURNITURE]
    return Reading(on_page(parts if keep_furniture or not body else body, sheet, preset), _warnings(answer, sheet))


def _warnings(answer: Answer, sheet: Sheet) -> list[str]:
    if answer.repeats:
        return [f"Page {sheet.number}: the model began to repeat itself; what it wrote before that is kept."]
    if answer.is_cut:
        return [f"Page {sheet.number}: the model's answer was longer than allowed; its end is missing."]
    return []


def blank(sheet: Sheet) -> Markdown:
    """A page of one colour: there is nothing to ask about it."""
    return markdown(Reading([], []), sheet, Cut(), {})


def markdown(reading: Reading, sheet: Sheet, cut: Cut, usage: dict[str, int]) -> Markdown:
    """The page's Markdown, with links to the pictures that were cut out of it."""
    text = ""
    told: list[dict[str, Any]] = []
    for number, part in enumerate(reading.parts):
        name = cut.names.get(number, "")
        written = _written(reading.parts, number, name, sheet.number)
        text += "\n\n" if text and written else ""
        if written or part.kind == "picture":
            told.append(_block(part, sheet, len(text), len(text) + len(written), name))
        text += written
    nothing = [] if text else [f"Page {sheet.number} has no text that could be read."]
    return Markdown(
        text,
        [*reading.warnings, *cut.warnings, *nothing],
        source=VISION if text else NO_TEXT,
        seams=_seams(told),
        blocks=told,
        frame={"width": sheet.width, "height": sheet.height, "turned": sheet.turned},
        pictures=cut.pictures,
        usage=usage,
    )


def _written(parts: list[Part], number: int, image: str, page: int) -> str:
    part = parts[number]
    if not image:
        return part.markdown
    count = sum(part.kind == "picture" for part in parts[: number + 1])
    return cutting.link(image, plain(part.markdown or _caption(parts, number)), count, page)


def _caption(parts: list[Part], number: int) -> str:
    """What stands below the picture, or above it, as its caption."""
    beside = [parts[other] for other in (number + 1, number - 1) if 0 <= other < len(parts)]
    return next((part.markdown for part in beside if part.kind == "caption"), "")


def _block(part: Part, sheet: Sheet, at: int, to: int, image: str) -> dict[str, Any]:
    block: dict[str, Any] = {
        "type": part.kind,
        "text": plain(part.markdown),
        "bbox": list(part.box or (0.0, 0.0, sheet.width, sheet.height)),
        "at": at,
        "to": to,
    }
    if part.kind == "heading":
        signs = _HEADING.match(part.markdown)
        block["level"] = len(signs[0]) if signs else 1
    if part.kind == "list":
        block["level"] = 0
    if part.kind == "code":
        block["text"] = listing_text(part.markdown)
    if part.kind == "table":
        block["cells"] = cells(part.markdown)
        block["text"] = "\n".join("\t".join(cell["text"] for cell in row) for row in block["cells"])
    if image:
        block["image"] = image
    return block


def _seams(told: list[dict[str, Any]]) -> dict[str, Any]:
    """What `joining` must know: a paragraph that goes on in small letters on the next page is one with it. Nothing
    tells how big letters are, nor whether a line is full; a few words may as well be a footer that the model kept."""
    running = [block for block in told if block["type"] not in _FLOATING and block["to"] > block["at"]]
    if not running:
        return {}
    return {"headings": [], "first": _end(running[0], 1), "last": _end(running[-1], _WORDS)}


def _end(block: dict[str, Any], least: int) -> dict[str, Any]:
    is_open = block["type"] in ("text", "list") and len(block["text"].split()) >= least
    return {
        "kind": block["type"] if is_open else "other",
        "at": block["at"],
        "to": block["to"],
        "size": 0.0,
        "full": False,
    }


def plain(markdown: str) -> str:
    """`markdown` in one line, without its signs."""
    return " ".join(_SIGNS.sub("", _LINK.sub(r"\1", _TAG.sub(" ", markdown))).split())
