"""What is usual in a document, counted on a few of its pages: the size of its text and of its headings."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from jobs.engines.fast_rules.fonts import style
from jobs.engines.fast_rules.headings import Looks, folded
from jobs.engines.fast_rules.pieces import Sheet

_SAMPLE = 4  # pages
_BIGGER = 1.12
_SAME = 0.06  # of a size: closer ones are one
_SIZES = 4
_PROSE = 35  # letters: shorter lines are cells, labels and titles
_MOSTLY = 0.6  # of a page's text
_TEXT = 1.35  # times the document's size: bigger text is no text on any page


def sample(page_count: int) -> list[int]:
    """The pages to count (0-based): spread over the document, the first among them."""
    if page_count <= _SAMPLE:
        return list(range(page_count))
    return sorted({round(step * (page_count - 1) / _SAMPLE) for step in range(_SAMPLE)})


def looks(pages: Iterable[dict[str, Any]], bookmarks: Sequence[tuple[int, str]]) -> Looks:
    """The looks of the document these pages are of: PyMuPDF's dictionaries; `bookmarks` are levels from 1 and
    titles."""
    letters: Counter[float] = Counter()
    lengths: Counter[bool] = Counter()
    titles: set[float] = set()
    for length, size, bold, worded in _lines(pages):
        letters[size] += length if length >= _PROSE else 1
        lengths[bold] += length
        if worded:
            titles.add(size)
    if not letters:
        return Looks(bookmarks=_titles(bookmarks))
    body = _body(letters)
    bigger = [size for size in titles if size >= _BIGGER * body]
    return Looks(body, lengths[True] > lengths[False], _distinct(bigger), _titles(bookmarks))


def _lines(pages: Iterable[dict[str, Any]]) -> Iterator[tuple[int, float, bool, bool]]:
    """Of each line: how long it is, its size, whether it is bold, whether it has words."""
    for page in pages:
        for block in page["blocks"]:
            for line in block.get("lines", ()):
                text = "".join(span["text"] for span in line["spans"]).strip()
                main = max(line["spans"], key=lambda span: len(span["text"]))
                size = round(main["size"], 1)
                bold = style(main["font"], main["flags"], size, False).bold
                yield len(text), size, bold, len(text) > 2 and any(map(str.isalpha, text))  # noqa: PLR2004


def on_page(usual: Looks, sheet: Sheet) -> Looks:
    """The document's looks, with the size of this page's text where nearly all of it is a little bigger."""
    letters: Counter[float] = Counter()
    for line in sheet.lines:
        letters[line.size] += len(line.text)
    if not letters:
        return usual
    size, count = letters.most_common(1)[0]
    if usual.body < size <= _TEXT * usual.body and count >= _MOSTLY * sum(letters.values()):
        return replace(usual, body=size)
    return usual


def _body(letters: Counter[float]) -> float:
    """The size of most letters, neighbours counted together."""
    return max(letters, key=lambda size: sum(n for other, n in letters.items() if abs(other - size) < _SAME * size / 2))


def _distinct(sizes: Iterable[float]) -> list[float]:
    distinct: list[float] = []
    for size in sorted(sizes, reverse=True):
        if not distinct or size < (1 - _SAME) * distinct[-1]:
            distinct.append(size)
    return distinct[:_SIZES]


def _titles(bookmarks: Sequence[tuple[int, str]]) -> dict[str, int]:
    titles: dict[str, int] = {}
    for level, title in bookmarks:
        key = folded(title)
        if len(key) > 2:  # noqa: PLR2004
            titles.setdefault(key, level)
    return titles
