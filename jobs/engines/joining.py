"""Pages joined to one document: heading levels that hold throughout, paragraphs, words and tables over page breaks.

    scale = joining.scale(seams of all pages, in any order)
    for piece in joining.joined(((number, text, seams), …in page order), scale): write(piece)

`text` is a page's Markdown and `seams` what its engine said of it (`Markdown.seams`); both may be empty, and a page
whose seams are empty is taken as it is. The pieces put together are the result; it ends with a line break. Memory is
bounded by the largest page. With `divider` (a page's number to the line that stands before it) nothing is joined over
the breaks, since the divider stands there; heading levels hold nevertheless.

Seams are JSON:

    headings  [[size in points, level by the bookmarks or 0], …] one for each line of `text` that begins with #
    first, last   the first and the last block of the running text (not furniture, captions, footnotes, pictures: what
                  of these stands between two halves of a paragraph comes after it):
        kind      text, list, table or other
        at, to    where its Markdown stands in `text` (letters, end excluded)
        size      of its letters in points
        full      whether its last line reaches the right edge, so that it may go on
        columns, left, right, head   of a table: how many, its edges in points, its first row as it is written
"""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from jobs.engines import fences
from jobs.engines.layout_passes.words import joined as words_joined

Seams = Mapping[str, Any]
Scale = dict[int, int]  # size in points, rounded: level

_DEEPEST = 6
_ENDED = re.compile(r"[.!?:;…。！？][\"'”’)\]*]*$")
_HEADING = re.compile(r"^(#{1,6}) ")
_MARK_END, _MARK_START = re.compile(r"(?<=[^\s*\\])(\*{1,3})$"), re.compile(r"^(\*{1,3})(?=[^\s*])")
_MANY = 4  # columns: on two pages in a row so many are one table, even where its text reaches less far
_EDGE = 4.0  # points that the edges of one table may differ on two pages
_CLOSING = "</table>"
_LONG = 10_000  # letters that may be held back until a paragraph ends
_FAR = 1e6  # points
_TITLES = 2  # sizes of a title and what stands below it: more are a cover
_HELD = 200  # letters at the end of a paragraph that are enough to join the next page's to it


def sound(seams: Any, text: str) -> dict[str, Any]:
    """`seams` if all in it fits `text`, else none: what came out of a sandbox must not stop an assembling."""
    try:
        ends = [_sound_end(seams[name], text) for name in ("first", "last") if seams.get(name)]
        headings = [float(size) > 0 and 0 <= int(level) <= _DEEPEST for size, level in seams.get("headings", ())]
        in_order = not ends[1:] or seams["first"] == seams["last"] or seams["first"]["to"] <= seams["last"]["at"]
        return dict(seams) if all(ends) and all(headings) and in_order else {}
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def _sound_end(end: Seams, text: str) -> bool:
    places = 0 <= int(end["at"]) <= int(end["to"]) <= len(text)
    table = end["kind"] != "table" or (
        isinstance(end["head"], str) and all(float(end[name]) >= -_FAR for name in ("columns", "left", "right"))
    )
    return places and table and float(end["size"]) >= 0


def scale(seams: Iterable[Seams]) -> Scale:
    """The level of each size of heading in the document: by its bookmarks where they know, else by rank."""
    votes: dict[int, Counter[int]] = {}
    pages: Counter[int] = Counter()
    for page in seams:
        headings = [(round(size), level) for size, level in page.get("headings", ())]
        pages.update({size for size, _ in headings})
        for size, level in headings:
            votes.setdefault(size, Counter())[level] += 1
    return _ranked(votes, [size for size, count in pages.items() if count > 1])


def _ranked(votes: Mapping[int, Counter[int]], usual: Sequence[int]) -> Scale:
    """`votes` count what the bookmarks say of each size; `usual` are the sizes of headings on several pages. Others are
    the lines of a cover when they are many and bigger, else they are no level of their own below the bigger usual one.
    """
    biggest = max(usual, default=0)
    cover = [size for size in votes if size > biggest > 0]
    levels: Scale = {}
    above = 0
    for size in sorted(votes, reverse=True):
        told = Counter({level: count for level, count in votes[size].items() if level})
        levels[size] = max(above, told.most_common(1)[0][0]) if told else min(above + 1, _DEEPEST)
        if size in cover and len(cover) > _TITLES and not told:
            levels[size] = above = max(above, 1)
        elif told or size >= biggest or size in usual:
            above = levels[size]
    return levels


def joined(
    pages: Iterable[tuple[int, str, Seams]], levels: Scale, divider: Callable[[int], str] | None = None
) -> Iterator[str]:
    """The document in pieces, see above."""
    open_end = _End("", "", {})
    for number, told, seams in pages:
        text = told + fences.missing(told)
        if divider is not None:
            yield from (open_end.closed(), divider(number) + "\n\n")
            open_end = _End(_levelled(text, seams, levels), "", {})
        elif seams and not seams.get("first") and open_end.waits() and "\n#" not in f"\n{text}":
            open_end.after = "\n\n".join(filter(str.strip, (open_end.after, text)))  # tables and pictures on a page
        elif text.strip():
            pieces, open_end = _met(open_end, _Page(text, seams, levels))
            yield from pieces
    yield open_end.closed()


class _Page:
    """A page's text around its first and its last block: before, first, between, last, after."""

    def __init__(self, text: str, seams: Seams, levels: Scale) -> None:
        self.first: Seams = seams.get("first") or {}
        self.last: Seams = seams.get("last") or {}
        start, end = self.first.get("at", 0), self.first.get("to", 0)
        from_, to = self.last.get("at", len(text)), self.last.get("to", len(text))
        self.single = bool(self.first) and (start, end) == (from_, to)
        if self.single:
            from_ = to = end
        whole = _levelled_parts(
            [text[:start], text[start:end], text[end:from_], text[from_:to], text[to:]], seams, levels
        )
        self.before, self.first_text, self.between, self.last_text, self.after = whole


class _End:
    """What is not yet written: the last block and what stands after it on its page."""

    def __init__(self, block: str, after: str, about: Seams) -> None:
        self.block, self.after, self.about = block, after, about

    def waits(self) -> bool:
        """Whether its paragraph may go on behind a page that has nothing to read."""
        open_ = self.about.get("kind") in ("text", "list") and not _ENDED.search(self.block.rstrip())
        return open_ and len(self.after) < _LONG

    def closed(self) -> str:
        parts = [part.strip("\n") for part in (self.block, self.after)]
        text = "\n\n".join(part for part in parts if part.strip())
        return f"{text}\n\n" if text else ""


def _met(end: _End, page: _Page) -> tuple[list[str], _End]:
    """The pieces that are done when `page` comes after `end`, and the new end."""
    one = _as_one(end, page)
    if one is None:
        pieces = [end.closed(), _paragraph(page.before)]
        one, after = page.first_text, ""
    else:
        pieces, after = [], "\n\n".join(filter(str.strip, (end.after, page.before)))
    if page.single:
        done, rest = _without_done(one, page.last.get("kind", ""))
        return [*pieces, done], _End(rest, "\n\n".join(filter(str.strip, (after, page.after))), page.last)
    return [*pieces, _paragraph(one), _paragraph(after), _paragraph(page.between)], _End(
        page.last_text, page.after, page.last
    )


def _paragraph(text: str) -> str:
    text = text.strip("\n")
    return f"{text}\n\n" if text.strip() else ""


def _as_one(end: _End, page: _Page) -> str | None:
    """The last block of a page and the first of the next as one, where they are one."""
    above, below = end.about, page.first
    if above.get("kind") == below.get("kind") == "table" and not page.before.strip():
        return _one_table(end.block, page.first_text, above, below)
    if above.get("kind") in ("text", "list") and below.get("kind") == "text" and _goes_on(end, page):
        return words_joined(*_with_one_mark(end.block.rstrip(), page.first_text.lstrip()))
    return None


def _with_one_mark(before: str, after: str) -> tuple[str, str]:
    """Both parts, with one mark around them where a stressed phrase is cut: *Neuro-* | *spora*."""
    ends, starts = _MARK_END.search(before), _MARK_START.match(after)
    if ends and starts and ends[1] == starts[1]:
        return before[: ends.start(1)], after[starts.end(1) :]
    return before, after


def _goes_on(end: _End, page: _Page) -> bool:
    """Whether a paragraph runs over the break: it has not ended, and what comes next may be its next line."""
    before, after = end.block.rstrip(), page.first_text.lstrip()
    if not before or not after or _ENDED.search(before) or abs(end.about["size"] - page.first["size"]) > 1:
        return False
    start = after.lstrip("*[\"'(“‘")[:1]
    return start.islower() or (bool(end.about.get("full")) and (start.isalnum() or before.endswith("-")))


def _one_table(upper: str, lower: str, above: Seams, below: Seams) -> str | None:
    """Two halves of a table as one, without the heading that the second page repeats."""
    again = bool(above["head"]) and above["head"] == below["head"]
    left, right = (abs(above[edge] - below[edge]) < _EDGE for edge in ("left", "right"))
    edges = left and (right or above["columns"] >= _MANY)
    if above["columns"] != below["columns"] or not (again or edges) or upper[:1] != lower[:1]:
        return None
    rows = lower.strip().split("\n")
    start = upper.strip().removesuffix(_CLOSING).rstrip()
    if rows[0] == "<table>":
        return "\n".join([*filter(None, [start]), *rows[2 if again else 1 :]])
    # The second half's first row stands above a rule; it is a heading only if it says the same as the first half's.
    return "\n".join([start, *([] if again else rows[:1]), *rows[2:]])


def _without_done(block: str, kind: str) -> tuple[str, str]:
    """What of a block that grows over many pages can be written already, and the rest that the next page may change."""
    if kind != "table":
        return block[:-_HELD], block[-_HELD:]
    if block.endswith(_CLOSING):
        return block.removesuffix(_CLOSING), _CLOSING
    done, _, row = block.rpartition("\n")
    return f"{done}\n", row


def _levelled(text: str, seams: Seams, levels: Scale) -> str:
    return _levelled_parts([text], seams, levels)[0]


def _levelled_parts(parts: list[str], seams: Seams, levels: Scale) -> list[str]:
    """The parts of a page with as many # as `levels` says; a # in a code block is none."""
    found = iter(seams.get("headings", ()))
    return ["\n".join(_relevelled(part.split("\n"), found, levels)) for part in parts]


def _relevelled(lines: list[str], found: Iterator[list[float]], levels: Scale) -> Iterator[str]:
    fence = ""
    for line in lines:
        fence = fences.after(fence, line)
        heading = None if fence else _HEADING.match(line)
        size, level = next(found, (0, 0)) if heading else (0, 0)
        level = level or levels.get(round(size), 0)
        yield f"{'#' * int(level)} {line[heading.end() :]}" if heading and level else line
