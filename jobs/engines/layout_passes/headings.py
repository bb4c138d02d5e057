"""Which blocks are headings, and how deep."""

import re
from collections import Counter
from itertools import groupby

from jobs.engines.geometry import around
from jobs.engines.layout_passes.shapes import Block, Line

_CAPTION = re.compile(r"(?:figure|fig|table|listing|example|scheme|chart|exhibit|box)\s*\.?\s*[A-Z]?\d", re.I)
_SUM, _WORD = re.compile("[=<>+≤≥∑∫]"), re.compile(r"[^\W\d_]{3}")  # a formula has one and not the other
_TITLE_LINES = 2  # of a title inside a paragraph's box
_LONGEST = 250  # letters; longer is a paragraph
_BIG, _FEW_LINES = 1.35, 4  # times the body's size, and lines, of a title that is set as text


def body_size(lines: list[Line]) -> float:
    """The size in which most of the page is set, in points."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def checked(blocks: list[Block], body: float) -> list[Block]:
    """Headings that are none become what they are, captions and paragraphs; big text becomes a heading."""
    for block in blocks:
        if block.kind == "heading" and not _may_head(block):
            block.kind = "caption" if _CAPTION.match(block.text) else "text"
        elif block.kind == "text" and _is_big(block, body) and _may_head(block):
            block.kind = "heading"
    return blocks


def parted(blocks: list[Block]) -> list[Block]:
    """Lines wholly in bold that stand in a paragraph of plain ones are headings that the net did not cut off."""
    return [part for block in blocks for part in (_parts(block) if block.kind == "text" else [block])]


def _parts(block: Block) -> list[Block]:
    runs = [(bold, list(run)) for bold, run in groupby(block.lines, _is_bold)]
    if len(runs) == 1:
        return [block]
    parts: list[Block] = []
    for number, (bold, lines) in enumerate(runs):
        if bold and _stands_alone(lines, runs[number + 1 :]):
            parts.append(Block("heading", around(*(line.box for line in lines)), lines))
        elif parts and parts[-1].kind == "text":
            parts[-1].lines += lines
            parts[-1].box = around(parts[-1].box, *(line.box for line in lines))
        else:
            parts.append(Block("text", around(*(line.box for line in lines)), lines))
    return parts


def _is_bold(line: Line) -> bool:
    return all(span.bold for span in line.spans if span.text.strip())


def _stands_alone(lines: list[Line], after: list[tuple[bool, list[Line]]]) -> bool:
    """Whether bold lines are a title above something: short, no sentence, and what follows begins anew."""
    text = " ".join(line.text.strip() for line in lines)
    follows = after[0][1][0].text.strip() if after else ""
    return (
        len(lines) <= _TITLE_LINES
        and text[:1].isupper()
        and not text.endswith((".", ",", ";", ":", "-"))
        and follows[:1].isupper()
    )


def _is_big(block: Block, body: float) -> bool:
    """Whether a short block stands out by its size alone: the net takes long titles for text."""
    return all(line.size > _BIG * body for line in block.lines) and len(block.lines) <= _FEW_LINES


def _may_head(block: Block) -> bool:
    text = block.text.strip()
    if _CAPTION.match(text) or len(text) > _LONGEST or (_SUM.search(text) and not _WORD.search(text)):
        return False
    return any(sign.isalpha() for sign in text) or any(sign.isdigit() for sign in text)


def levelled(blocks: list[Block], bookmarks: dict[str, int], body: float) -> list[Block]:
    """Levels by the bookmarks where one has that title, else by the rank of the size on the page."""
    sizes = sorted({round(block.size) for block in blocks if block.kind == "heading"}, reverse=True)
    first = 1 if sizes and sizes[0] > 1.45 * body else 2
    for block in blocks:
        if block.kind == "heading":
            ranked = min(first + sizes.index(round(block.size)), 6)
            block.level = bookmarks.get(title_key(block.text)) or ranked
    return blocks


def title_key(text: str) -> str:
    """A title as letters and digits only: bookmarks and pages space and punctuate differently."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
