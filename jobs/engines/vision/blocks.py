"""Markdown of a model that tells no boxes, cut into its headings, paragraphs, lists, tables and listings."""

import re
from collections.abc import Iterator
from itertools import islice

from markdown_it import MarkdownIt

from jobs.engines.vision.parts import Part

_KINDS = {
    "heading_open": "heading", "bullet_list_open": "list", "ordered_list_open": "list", "fence": "code",
    "code_block": "code", "table_open": "table",
}  # fmt: skip
_OPENING, _CLOSING = re.compile(r"<table\b", re.IGNORECASE), re.compile(r"</table\b", re.IGNORECASE)
_MOST = 2000  # blocks of a page: more are no page's
_TABLE = re.compile(r"\s*<table\b", re.IGNORECASE)
_FORMULA = re.compile(r"\s*(?:\$\$.*\$\$|\\\[.*\\\])\s*", re.DOTALL)
_PARSER = MarkdownIt("commonmark").enable("table")


def parted(part: Part) -> list[Part]:
    """`part` as its blocks, if it is running Markdown; put together with blank lines they say the same."""
    if part.kind != "text" or part.box:
        return [part]
    found = list(islice(_whole(part.markdown), _MOST + 1))
    return [part] if len(found) > _MOST else [Part(_kind(kind, text), text) for kind, text in found]


def _whole(markdown: str) -> Iterator[tuple[str, str]]:
    """Token and text of each block; a table of HTML goes on over its blank lines."""
    kind, texts, depth = "", list[str](), 0
    for following, text in _slices(markdown):
        kind = kind if texts else following
        texts.append(text)
        if _TABLE.match(texts[0]):
            depth = max(depth + len(_OPENING.findall(text)) - len(_CLOSING.findall(text)), 0)
        if not depth:
            yield kind, "\n\n".join(texts)
            texts.clear()
    if texts:
        yield kind, "\n\n".join(texts)


def _slices(markdown: str) -> Iterator[tuple[str, str]]:
    """Each block up to where the next one starts: what is no block, like an address, goes with the one before, and so
    does what no blank line parts from it, unless that is a heading."""
    lines = markdown.split("\n")
    found = [(token.map[0], token.type) for token in _PARSER.parse(markdown) if token.level == 0 and token.map]
    tops: list[tuple[int, str]] = []
    for start, kind in found:
        if not tops or not lines[start - 1].strip() or tops[-1][1] == "heading_open":
            tops.append((start, kind))
    ends = [*(start for start, _ in tops[1:]), len(lines)]
    for number, ((start, kind), end) in enumerate(zip(tops, ends, strict=True)):
        yield kind, "\n".join(lines[start if number else 0 : end]).strip("\n").rstrip()


def _kind(token: str, text: str) -> str:
    if _TABLE.match(text):
        return "table"
    return "formula" if _FORMULA.fullmatch(text) else _KINDS.get(token, "text")
