"""Running headers, footers and page numbers: found by the net or by coming back on neighbouring pages."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import re
from dataclasses import replace
from itertools import takewhile

from jobs.engines.geometry import around
from jobs.engines.layout_passes.shapes import Block, Line, Page

_KINDS = ("header", "footer")
_MARGIN = 0.13  # share of the height at top and bottom where furniture stands
_MOST = 0.15  # share of a page's letters that may be taken away as furniture
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b")
_LETTER = re.compile(r"\w")
_WORD = re.compile(r"[^\W\d_]{3}")
_LONGEST = 300  # letters of a header or a footer


def key(line: Line) -> str:
    """A line's text with its numbers made alike, so that page 3 and page 4 say the same; and its size, for the big
    title of a book on its first page says the same as the small header of the others."""
    return f"{_DIGITS.sub('#', ' '.join(line.text.lower().split()))} {line.size:.0f}"


def marked(page: Page, elsewhere: set[str], body: float) -> Page:
    """Blocks of the margins that come back `elsewhere` become furniture; what the net took for furniture and is big
    and comes nowhere again becomes a heading or text."""
    page.blocks = [part for block in page.blocks for part in _parted(block, page, elsewhere)]
    for block in page.blocks:
        if block.kind in _KINDS:
            _doubted(block, page, elsewhere, body)
        elif block.kind in ("text", "heading", "list", "caption", "footnote") and _is_marginal(block, page):
            _caught(block, page, elsewhere)
    return page


def _parted(block: Block, page: Page, elsewhere: set[str]) -> list[Block]:
    """The lines at the edge that come back elsewhere as a block of their own, where the net took them and what stands
    next to them for one."""
    if block.kind in (*_KINDS, "table", "code") or not _is_marginal(block, page):
        return [block]
    at_top = block.box[1] < page.height / 2
    lines = block.lines if at_top else block.lines[::-1]
    outer = list(takewhile(lambda line: key(line) in elsewhere, lines))
    inner = lines[len(outer) :]
    if not outer or not any(_WORD.search(line.text) for line in inner):
        return [block]
    parts = [part if at_top else part[::-1] for part in (outer, inner)]
    return [replace(block, box=around(*(line.box for line in part)), lines=part) for part in parts]


def _doubted(block: Block, page: Page, elsewhere: set[str], body: float) -> None:
    if _returns(block, elsewhere):
        return
    if block.size > 1.35 * body and _WORD.search(block.text):
        block.kind = "heading"
    elif not _is_marginal(block, page, 0.2) or len(block.text) > _LONGEST:
        block.kind = "text"


def _caught(block: Block, page: Page, elsewhere: set[str]) -> None:
    if _returns(block, elsewhere) or _is_page_number(block):
        block.kind = "header" if block.box[1] < page.height / 2 else "footer"


def _is_page_number(block: Block) -> bool:
    return bool(re.fullmatch(r"[-–— ]*(?:page )?(\d{1,4}|[ivxlc]{1,6})[-–— ]*", block.text.strip(), re.I))


def _is_marginal(block: Block, page: Page, margin: float = _MARGIN) -> bool:
    return block.box[3] < margin * page.height or block.box[1] > (1 - margin) * page.height


def _returns(block: Block, elsewhere: set[str]) -> bool:
    found = [key(line) in elsewhere for line in block.lines if _LETTER.search(line.text)]
    return bool(found) and sum(found) > 0.6 * len(found)


def dropped(page: Page, elsewhere: set[str]) -> Page:
    """The page without its furniture, unless that would take too much of it."""
    kept = [block for block in page.blocks if block.kind not in _KINDS]
    if not any(_letters(block) for block in kept):
        return page
    every = sum(map(_letters, page.blocks))
    taken = [block for block in page.blocks if block.kind in _KINDS]
    sure = {id(block) for block in taken if _returns(block, elsewhere)}
    if sum(_letters(block) for block in taken if id(block) not in sure) > _MOST * every:
        return Page(page.width, page.height, [block for block in page.blocks if id(block) not in sure])
    return Page(page.width, page.height, kept)


def _letters(block: Block) -> int:
    return len(_LETTER.findall(block.text))
