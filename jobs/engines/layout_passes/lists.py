"""Lists: items found by their bullets and numbers, nested by their indents."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from jobs.engines.geometry import around
from jobs.engines.layout_passes.entries import leads_to_a_page
from jobs.engines.layout_passes.shapes import Block, Line

_SIGN = re.compile(r"^\s*(?:[•‣◦▪■□❑◆❖➢➤✓☑●○∙✔►▶◻\ufffd]\s*|[·–—*o-](?:\s+|$))")
_NUMBER = re.compile(
    r"^\s*[\[(]?(\d{1,3})(?:[.)\]]\s+|\s+(?=[A-Z]))(?=\S)|^\s*(\(?(?:[a-zA-Z]|[ivx]{1,5})[.)])\s+(?=\S)"
)
_NEXT = re.compile(r"^\s*(\d{1,3})\s+(?=\S)")  # a number without a point, where it is the next one
_FIRST = re.compile(r"^\s*\S\s*")
_STEP = 6.0  # points of indent that make a level
_Starts = Callable[[Line], bool]


def bullet(line: Line) -> bool:
    return bool(_SIGN.match(line.text)) or _has_own_sign(line)


def _has_own_sign(line: Line) -> bool:
    """Whether a line begins with one sign in a font that only this sign is set in: a bullet, whatever it is called."""
    first = line.spans[0].text.strip()
    after = [span for span in line.spans[1:] if span.text.strip()]
    is_sign = len(first) == 1 and (first == "o" or unicodedata.category(first) == "So") and first not in "©®™°"
    return is_sign and bool(after) and after[0].font != line.spans[0].font


def item(line: Line) -> bool:
    return bullet(line) or bool(_NUMBER.match(line.text))


def split(blocks: list[Block]) -> list[Block]:
    """One block for each item; text that begins with bullets becomes items."""
    return [part for block in blocks for part in _split(block)]


def _split(block: Block) -> list[Block]:
    if block.kind == "text" and any(map(bullet, block.lines)) and not _is_dash(block):
        return _items(block, bullet)
    return _items(block, item) if block.kind == "list" else [block]


def _is_dash(block: Block) -> bool:
    """A dash at the start of one line among many is a dash."""
    starts = [line for line in block.lines if bullet(line)]
    return len(starts) == 1 and starts[0].text.lstrip()[0] in "–—-·*o" and not _has_own_sign(starts[0])


def _items(block: Block, starts: _Starts) -> list[Block]:
    parts: list[Block] = []
    for line in block.lines:
        if not parts or starts(line):
            kind = "list" if starts(line) else block.kind
            parts.append(Block(kind, line.box, [line]))
        else:
            parts[-1].lines.append(line)
            parts[-1].box = around(parts[-1].box, line.box)
    return parts


def continued(blocks: list[Block]) -> list[Block]:
    """Text that goes on under an item's text and not under its bullet belongs to the item."""
    result: list[Block] = []
    for block in blocks:
        last = result[-1] if result else None
        if last is not None and last.kind == "list" and _goes_on(last, block):
            last.lines += block.lines
            last.box = around(last.box, block.box)
        else:
            result.append(block)
    return result


def _goes_on(above: Block, block: Block) -> bool:
    line, first = above.lines[-1], block.lines[0] if block.lines else None
    if first is None or block.kind not in ("text", "list") or item(first) or leads_to_a_page(line):
        return False
    close = -0.3 * line.size < first.box[1] - line.box[3] < 0.8 * line.size
    indented = first.box[0] > above.lines[0].box[0] + 0.7 * line.size
    return close and indented and abs(first.size - line.size) < 1 and not line.text.rstrip().endswith((".", ":", "!"))


def nested(blocks: list[Block]) -> list[Block]:
    """Levels (from 0) of the items that follow each other, by their left edges; bullets become `mark`s."""
    edges: list[float] = []
    last = 0
    for block in blocks:
        if block.kind != "list":
            edges, last = [], 0
            continue
        left = block.lines[0].box[0]
        while edges and left < edges[-1] - _STEP:
            edges.pop()
        if not edges or left > edges[-1] + _STEP:
            edges.append(left)
        block.level = len(edges) - 1
        block.mark = _taken(block.lines[0], last)
        last = int(block.mark[:-1]) if block.mark[:-1] else last
    return blocks


def _taken(line: Line, last: int) -> str:
    """Take the bullet or number off a line; returns Markdown's own mark for it. `last` is the last item's number."""
    sign = _SIGN.match(line.text) or (_FIRST.match(line.text) if _has_own_sign(line) else None)
    if sign:
        _cut(line, sign.end())
        return "-"
    number = _NUMBER.match(line.text) or _NEXT.match(line.text)
    if number and number[1] and (number.re is _NUMBER or int(number[1]) == last + 1):
        _cut(line, number.end())
        return f"{number[1]}."
    return "-"


def _cut(line: Line, letters: int) -> None:
    """Take so many letters off the start of a line."""
    spans = []
    for span in line.spans:
        gone = min(letters, len(span.text))
        letters -= gone
        spans.append(replace(span, text=span.text[gone:]))
    line.spans = [span for span in spans if span.text] or spans[-1:]
