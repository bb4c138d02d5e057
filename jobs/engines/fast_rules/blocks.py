"""From lines in reading order to blocks: headings, paragraphs, items of lists, code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from jobs.engines.fast_rules import headings, marks, titles
from jobs.engines.fast_rules.code import is_code
from jobs.engines.fast_rules.headings import Looks
from jobs.engines.fast_rules.pieces import Block, Line, joined, leads

_SET_OFF = 1.8  # letter sizes
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’)\]]*$")  # noqa: RUF001 (quotation marks)


@dataclass(slots=True)
class Frame:
    """What is usual in a flow of lines: its edges, and the white between two lines in points."""

    x0: float
    x1: float
    leading: float


def blocks(lines: Sequence[Line], looks: Looks) -> list[Block]:
    """The blocks of one flow."""
    lines = _levelled(lines)
    frame = _frame(lines)
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not _starts(groups[-1], line, frame):
            groups[-1].append(line)
        else:
            groups.append([line])
    found = [block for group in groups for block in _named(group, looks)]
    return titles.whole(titles.in_capitals(found, looks))


def _levelled(lines: Sequence[Line]) -> list[Line]:
    """Pieces on one baseline as one line."""
    rows: list[list[Line]] = []
    for line in lines:
        last = rows[-1][-1] if rows else None
        if last is not None and _level(last, line) and (last.mono == line.mono or line.x0 - last.x1 < line.size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [joined(row) for row in rows]


def _level(last: Line, line: Line) -> bool:
    shared = min(last.y1, line.y1) - max(last.y0, line.y0)
    return line.x0 >= last.x1 - 2 and shared >= 0.55 * min(last.height, line.height)


def _frame(lines: Sequence[Line]) -> Frame:
    gaps = [below.y0 - above.y1 for above, below in pairwise(lines) if below.y0 > above.y0]
    widest = 1.2 * median(line.height for line in lines)
    close = [gap for gap in gaps if gap < widest]
    return Frame(min(line.x0 for line in lines), max(line.x1 for line in lines), median(close) if close else 0.0)


def _starts(group: Sequence[Line], line: Line, frame: Frame) -> bool:
    """Whether `line` begins something new after `group`."""
    last = group[-1]
    size = line.size
    gap = line.y0 - last.y1
    if line.mono and last.mono:
        return gap > 2.2 * size or gap < -3 * size
    if line.mono != last.mono and len(line.text) > 3 and len(last.text) > 3:  # noqa: PLR2004
        return True
    if abs(size - last.size) > 0.09 * max(size, last.size) and min(len(line.text), len(last.text)) > 2:  # noqa: PLR2004
        return True
    if gap < -0.8 * size or gap > max(frame.leading, 0) + 0.38 * size:
        return not (_is_title(last) and -0.8 * size < gap < 0.9 * size and line.bold == last.bold)
    if line.bold != last.bold and _one_look(line, last):
        return True
    return _breaks(group, line, frame)


def _is_title(line: Line) -> bool:
    return line.size > 13 and len(line.text) < 90  # noqa: PLR2004 (titles are set with more white)


def _one_look(line: Line, last: Line) -> bool:
    """Whether a change to or from bold is between lines, and not the end of a bold phrase."""
    return line.bold or (last.bold and not line.runs[0].style.bold)


def _breaks(group: Sequence[Line], line: Line, frame: Frame) -> bool:
    """Whether a line at the usual distance still begins a paragraph: by mark, by indent, or after a short line."""
    last = group[-1]
    if leads(last) or (len(group) == 1 and titles.is_caps(last.text) and not titles.is_caps(line.text)):
        return True
    if marks.mark_of(line.text) and (_is_listed(group) or line.x0 >= last.x0 - 2 or _ended(last, line, frame)):
        return bool(not _is_reference(last, line))
    if _is_listed(group):
        hangs = line.x0 >= group[0].x0 + 0.6 * line.size
        return not hangs and not (line.x0 > group[0].x0 - 2 and not _ended(last, line, frame) and len(group) == 1)
    if len(group) > 1 and last.x0 > line.x0 + 0.8 * line.size and abs(line.x0 - group[0].x0) < 2:  # noqa: PLR2004
        return True  # the first lines hang out
    indented = line.x0 > last.x0 + 0.8 * line.size and line.x0 < last.x0 + 5 * line.size
    if indented and ((len(group) > 1 and group[-2].x0 > last.x0 - 1) or _ended(last, line, frame)):
        return True
    return _ended(last, line, frame)


def _is_listed(group: Sequence[Line]) -> bool:
    return marks.mark_of(group[0].text) is not None


def _is_reference(last: Line, line: Line) -> bool:
    """Whether a number at the line's start only goes on the sentence: "… in chapter | 3. After that"."""
    return line.text[0].isdigit() and last.text[-1:].isalpha() and abs(line.x0 - last.x0) < 1 and not _short(last, line)


def _short(last: Line, line: Line) -> bool:
    return last.x1 < line.x1 - 2 * line.size


def _ended(last: Line, line: Line, frame: Frame) -> bool:
    """Whether the line above ended by intent: the next word would have had room in it."""
    word = line.text.split(maxsplit=1)[0] if line.text.strip() else ""
    width = (line.x1 - line.x0) / max(len(line.text), 1) * (len(word) + 1)
    room = frame.x1 - last.x1
    if _SENTENCE_END.search(last.text):
        return room > 1.2 * width + 0.5 * line.size
    return room > 1.5 * width + 4 * line.size and room > 0.3 * (frame.x1 - frame.x0)


def _named(group: list[Line], looks: Looks) -> list[Block]:
    """The group as a block of its kind."""
    if is_code(group):
        return [Block("code", group)]
    mark = marks.mark_of(group[0].text)
    level = headings.level(group, looks)
    if level is not None and (mark is None or mark[0] != "-"):
        return [Block("heading", group, level)]
    if mark is not None and len(" ".join(line.text for line in group)) > mark[1]:
        return [Block("item", group, mark=mark[0], cut=mark[1])]
    return [Block("text", group)]


def goes_on(above: Block, below: Block) -> bool:
    """Whether a paragraph only was cut by a column's end: no end of sentence above, no beginning below."""
    if above.kind not in ("text", "item") or below.kind != "text":
        return False
    before, after = above.lines[-1], below.lines[0]
    if abs(before.size - after.size) > 0.05 * before.size or _is_set_off(above, below) or _is_set_off(below, above):
        return False
    return not _SENTENCE_END.search(before.text) and (after.text[:1].islower() or before.text.endswith("-"))


def _is_set_off(one: Block, other: Block) -> bool:
    """Whether one is a line far from the left edge of the other, in the same column: a formula."""
    line = one.lines[0]
    left = min(line.x0 for line in other.lines)
    beside = any(line.x0 < further.x1 for further in other.lines)
    return len(one.lines) == 1 and beside and line.x0 > left + _SET_OFF * line.size


def has_ended(block: Block) -> bool:
    """Whether its last sentence ends with it."""
    return bool(_SENTENCE_END.search(block.lines[-1].text))


def lies_below(above: Block, below: Block) -> bool:
    """Whether both have one left edge, as a column has that a picture interrupts."""
    return above.kind == "text" and abs(above.lines[-1].x0 - below.lines[0].x0) <= 2 and above.y1 <= below.y0  # noqa: PLR2004
