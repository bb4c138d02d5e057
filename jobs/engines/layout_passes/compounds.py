"""Compounds that a line's end parts at their own hyphen: put whole, so that nobody takes the hyphen for the line's.

"self-" and "esteem" are "self-esteem"; whether "off-" and "board" are "off-board" or "offboard" is for the document to
say, where it has the word elsewhere.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from jobs.engines.layout_passes.shapes import Block, Line
from jobs.engines.layout_passes.words import is_compound

_KINDS = ("text", "list", "heading", "caption", "footnote")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")  # noqa: RUF001 (a hyphen)
_BEFORE = re.compile(r"(?<![\w-])([^\W\d_]{2,})[-‐]\s*$")  # noqa: RUF001
_AFTER = re.compile(r"^\s*([a-zà-öø-ÿ\u0430-\u044f]+(?:[-‐][^\W\d_]+)*)[^\w\s]*(?:\s|$)")  # noqa: RUF001


def vocabulary(texts: Iterable[str]) -> set[str]:
    """The words of lines, in small letters; what a line's end cuts is none."""
    return {word.lower().replace("‐", "-") for text in texts for word in _WORD.findall(text)}  # noqa: RUF001


def whole(blocks: list[Block], known: set[str]) -> list[Block]:
    """The blocks with each compound's second half moved up to its first; `known` are the document's words."""
    for block in (block for block in blocks if block.kind in _KINDS):
        for line, following in pairwise(block.lines):
            if line.spans and following.spans:
                _mend(line, following, known)
    return blocks


def _mend(line: Line, following: Line, known: set[str]) -> None:
    before, after = _BEFORE.search(line.text), _AFTER.match(following.spans[0].text)
    if not before or not after or not _is_one(before[1].lower(), after[1].lower(), known):
        return
    last, first = line.spans[-1], following.spans[0]
    line.spans[-1] = replace(last, text=last.text.rstrip() + after[0].strip())
    following.spans[0] = replace(first, text=first.text[after.end() :])


def _is_one(left: str, right: str, known: set[str]) -> bool:
    return f"{left}-{right}" in known or (left + right not in known and is_compound(left, right))
