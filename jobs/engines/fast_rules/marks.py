"""The signs and numbers with which the items of lists begin."""

import re
from collections.abc import Sequence

from jobs.engines.fast_rules.pieces import Line, joined

# Bullets of text fonts, and those that symbol fonts put into the private area.
_BULLETS = "•●○◦▪■□▫◆◇►▸▶➢➤✓✔❖‣⁃∙·–—\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf06e\uf071\uf0a8\uf0be¦\ufffd"  # noqa: RUF001 (dashes)
_NO_DASHES = {0x2013: None, 0x2014: None}
_BULLET = re.compile(rf"^(?:[{_BULLETS}](?!\w)|[{_BULLETS.translate(_NO_DASHES)}]|[-*o](?=\s))\s*")
_NUMBER = re.compile(r"^(?:(\d{1,3})[.)](?!\d)|\(?([a-zA-Z]|[ivx]{1,5}|\d{1,2})\))\s*(?=\S|$)")
_ALONE = re.compile(rf"^(?:[{_BULLETS}\-*o]|\(?(?:\d{{1,3}}|[a-zA-Z]|[ivx]{{1,5}})[.)]|\[\d{{1,3}}\])$")
_WORD = re.compile(r"[^\W\d_]{3}")  # a bullet without meaning stands before words, others are signs of formulas
_MOST = 300  # more are no list on one page
_FAR = 4.0  # font sizes between a bullet and its text


def mark_of(text: str) -> tuple[str, int] | None:
    """The Markdown marker for a line that begins an item, and how many letters of it are the mark itself."""
    bullet = _BULLET.match(text)
    if bullet and text[0] == "\ufffd" and not _WORD.search(text):
        return None
    if bullet:
        return "-", bullet.end()
    number = _NUMBER.match(text)
    if number and number[1]:
        return f"{int(number[1])}.", number.end()
    return ("-", 0) if number else None


def with_marks(lines: Sequence[Line]) -> list[Line]:
    """Lines in which a mark that stands alone is joined to the text on its right."""
    alone = [line for line in lines if len(line.text) <= 6 and _ALONE.match(line.text)]  # noqa: PLR2004
    if not alone or len(alone) > _MOST:
        return list(lines)
    used: set[int] = set()
    found: dict[int, Line] = {}
    for mark in alone:
        beside = [line for line in lines if line is not mark and id(line) not in used and _follows(mark, line)]
        if beside:
            text = min(beside, key=lambda line: line.x0)
            found[id(text)] = joined([mark, text])
            used.update((id(mark), id(text)))
    return [found.get(id(line), line) for line in lines if id(line) in found or id(line) not in used]


def _follows(mark: Line, line: Line) -> bool:
    size = max(mark.size, line.size)
    level = min(mark.y1, line.y1) - max(mark.y0, line.y0)
    return mark.x1 - 1 <= line.x0 <= mark.x1 + _FAR * size and level >= 0.4 * min(mark.height, line.height)
