"""Markdown cut into pieces that can be rendered one by one, at the ends of blocks.

Only what is longer than that is cut inside: then a table's head, a fence or a table's tag is repeated, so that each
piece can be read by itself.
"""

import re
from collections.abc import Iterable, Iterator

# Letters. A piece of `_ENOUGH` ends with its block; a parser needs some seconds for the worst `_MOST` that there are.
_ENOUGH = 16_384
_MOST = 65_536
_LINE = 16_384

DIVIDER = re.compile(r"<!-- page (\d{1,9}) -->")

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:\s|$)")
_TABLE_TAG = re.compile(r"<(/?)table\b", re.IGNORECASE)
_RULE = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*")


def cut(parts: Iterable[str]) -> Iterator[str]:
    """The text that `parts` make together as pieces of whole lines; a page divider is a piece of its own."""
    cutter = _Cutter()
    for line in _lines(parts):
        yield from cutter.taken(line)
    yield from cutter.rest()


def _lines(parts: Iterable[str]) -> Iterator[str]:
    """Lines without their ends; a very long one as several."""
    held = ""
    for part in parts:
        *whole, held = (held + part).split("\n")
        for line in whole:
            yield from _short(line)
        if len(held) > 2 * _LINE:
            *done, held = _short(held)
            yield from done
    if held:
        yield from _short(held)


def _short(line: str) -> Iterator[str]:
    start = 0
    while len(line) - start > _LINE:
        space = line.rfind(" ", start + _LINE // 2, start + _LINE)
        end = space + 1 if space > 0 else start + _LINE
        yield line[start:end]
        start = end
    yield line[start:]


class _Cutter:
    """Takes lines and gives pieces; knows whether it is inside a fence or a table."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._size = 0
        self._fence = ""  # the line that opened the code we are in
        self._tables = 0  # how many <table> are open
        self._head: list[str] = []  # the two lines that began the pipe table we are in
        self._blank = True  # whether the line before was empty

    def taken(self, line: str) -> Iterator[str]:
        if self._blank and line[:1] not in ("", " ", "<"):
            self._tables = 0  # one that was never closed
        divider = not self._fence and self._blank and DIVIDER.fullmatch(line.strip())
        if divider or (self._size >= _ENOUGH and self._may_end(line)):
            yield from self.rest()
        elif self._size + len(line) > _MOST or (self._size >= 2 * _ENOUGH and self._may_be_cut(line)):
            yield from self._cut_inside(line)
        self._add(line)
        if divider:
            yield from self.rest()
        self._notice(line)

    def rest(self) -> Iterator[str]:
        if any(self._lines):
            yield "\n".join(self._lines) + "\n"
        self._lines, self._size = [], 0

    def _add(self, line: str) -> None:
        self._lines.append(line)
        self._size += len(line) + 1

    def _may_end(self, line: str) -> bool:
        """Whether a block ends before `line`, whatever comes."""
        inside = bool(self._fence) or self._tables > 0
        return self._blank and not inside and line[:1] not in ("", " ", "\t") and not _ITEM.match(line)

    def _may_be_cut(self, line: str) -> bool:
        """Whether a long list or table can be cut before `line` without much harm."""
        if self._fence or self._tables:
            return False
        return bool(_ITEM.match(line)) or (bool(self._head) and line.startswith("|"))

    def _cut_inside(self, line: str) -> Iterator[str]:
        again: list[str] = []
        if self._fence:
            self._add(_fence_sign(self._fence))
            again = [self._fence]
        elif self._tables:
            again = ["<table>"]  # that the one before is not closed does no harm: HTML's parser closes it
        elif line.startswith("|"):
            again = self._head
        yield from self.rest()
        for opening in again:
            self._add(opening)

    def _notice(self, line: str) -> None:
        """What `line` opens or closes."""
        fence = _FENCE.match(line)
        if self._fence:
            if fence and _closes(line, self._fence):
                self._fence = ""
        elif fence:
            self._fence = line
        else:
            self._notice_table(line)
        self._blank = not line.strip()

    def _notice_table(self, line: str) -> None:
        for tag in _TABLE_TAG.finditer(line):
            self._tables = max(0, self._tables + (-1 if tag[1] else 1))
        if not line.startswith("|"):
            self._head = []
        elif not self._head and len(self._lines) > 1 and _RULE.fullmatch(line):
            self._head = self._lines[-2:]


def _fence_sign(opening: str) -> str:
    found = _FENCE.match(opening)
    return found[1] if found else "```"


def _closes(line: str, opening: str) -> bool:
    sign, found = line.strip(), _fence_sign(opening)
    return set(sign) == {found[0]} and len(sign) >= len(found)
