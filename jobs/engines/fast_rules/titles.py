"""Titles that stand out by capitals, and titles of several lines."""

import re
from collections.abc import Sequence
from itertools import pairwise

from jobs.engines.fast_rules.headings import Looks
from jobs.engines.fast_rules.pieces import Block

_BIG = 13  # points: titles this big are set with more white between their lines than text
_CAPS = re.compile(r"^[\W\d_]*[^\W\d_]{2}[^=<>|{}]{4,70}$")


def is_caps(text: str) -> bool:
    """Whether it is a title all in capitals."""
    return text.isupper() and bool(_CAPS.match(text)) and sum(map(str.isalpha, text)) >= 0.7 * len(text)


def in_capitals(found: Sequence[Block], looks: Looks) -> list[Block]:
    """The blocks, lines in capitals above running text as headings."""
    for block, below in pairwise(found):
        if block.kind == "text" and len(block.lines) == 1 and _stands_over(block, below):
            block.kind, block.level = "heading", min(len(looks.sizes) + 1, 6)
    return list(found)


def _stands_over(block: Block, below: Block) -> bool:
    """Whether a line in capitals is the title of the running text below it."""
    return is_caps(block.lines[0].text) and below.kind == "text" and len(below.lines) > 1


def whole(found: Sequence[Block]) -> list[Block]:
    """Titles of several lines in one, where these were set further apart than text."""
    whole: list[Block] = []
    for block in found:
        above = whole[-1] if whole else None
        if above is not None and _is_rest_of_title(above, block):
            above.lines.extend(block.lines)
        else:
            whole.append(block)
    return whole


def _is_rest_of_title(above: Block, block: Block) -> bool:
    last, first = above.lines[-1], block.lines[0]
    if not above.kind == block.kind == "heading" or above.level != block.level or last.size != first.size:
        return False
    close = 0 <= first.y0 - last.y1 <= 0.9 * first.size
    return close and not first.text[:1].isdigit() and not last.text.endswith((".", ":")) and first.size > _BIG
