"""Lines that are each a thing of their own, though the net took them for a paragraph or a table: titles of a table of
contents, and bold terms with what they stand for."""

import re
from collections.abc import Callable
from itertools import pairwise

from jobs.engines.layout_passes.reading import in_rows
from jobs.engines.layout_passes.shapes import Block, Line

_TO_PAGE = re.compile(r"…\s*(?:[A-Z]{0,2}-?\d[\d-]*|[ivxlc]{1,7}|[A-Z])\s*$")  # the leader and the page it leads to
_FEWEST, _MOST_OF = 3, 0.6  # lines, and share of them, that must be entries
_KINDS = ("text", "list", "table", "heading", "picture")


def parted(blocks: list[Block]) -> list[Block]:
    """The blocks with each entry of a list of contents, or of terms, as an item."""
    return [part for block in blocks for part in _parted(block)]


def _parted(block: Block) -> list[Block]:
    if block.kind not in _KINDS or len(block.lines) < _FEWEST:
        return [block]
    rows = in_rows(block.lines) if block.kind == "table" else block.lines
    if _mostly(rows, leads_to_a_page):
        return [Block("list", row.box, [row], level=0) for row in rows]
    if block.kind in ("text", "list") and all(map(_begins_bold, rows)):
        return [Block("list", row.box, [row]) for row in rows]
    return [block]


def _mostly(rows: list[Line], is_entry: Callable[[Line], bool]) -> bool:
    found = sum(map(is_entry, rows))
    return found >= _FEWEST and found > _MOST_OF * len(rows)


def leads_to_a_page(line: Line) -> bool:
    return bool(_TO_PAGE.search(line.text))


def _begins_bold(line: Line) -> bool:
    """Whether a line is a bold term and what it stands for."""
    filled = [span for span in line.spans if span.text.strip()]
    changes = sum(one.bold != other.bold for one, other in pairwise(filled))
    return filled[0].bold and changes == 1
