"""Puts lines into the net's boxes: every line gets one, so that nothing on the page is lost."""

from collections.abc import Iterable, Mapping
from typing import Any

from jobs.engines.geometry import Box, area, around, share_inside
from jobs.engines.layout_passes import formulas, grids
from jobs.engines.layout_passes.listings import is_mono
from jobs.engines.layout_passes.reading import in_rows
from jobs.engines.layout_passes.shapes import Block, Line, overlap

KINDS = {
    "title": "heading",
    "section-header": "heading",
    "list-item": "list",
    "page-header": "header",
    "page-footer": "footer",
}
_NESTED, _CLAIM = 0.9, 0.4  # share of a box in another that makes it part of it; of a line in a box that is its own
_GUTTER = 1.0  # width in letter sizes of the white between two columns in one box


def blocks(groups: Iterable[Mapping[str, Any]], lines: list[Line], scanned: bool = False) -> list[Block]:
    """Blocks of the net's `groups` with their lines, and blocks for the lines that are in none.

    On a `scanned` page, where the net takes more for pictures, those that hold a table become one.
    """
    found = [Block(KINDS.get(group["class_name"], group["class_name"]), tuple(group["group_bbox"])) for group in groups]
    found = _without_nested(found)
    rest = [line for line in lines if not _placed(line, found)]
    for block in found if scanned else ():
        if block.kind == "picture" and grids.aligned(block.lines):
            block.kind = "table"
    whole = [part for block in found if block.lines for part in _parts(block)]
    return whole + clustered("text", rest)


def _without_nested(found: list[Block]) -> list[Block]:
    """Drop boxes inside another; of two that cover each other the bigger stays."""
    kept: list[Block] = []
    for block in sorted(found, key=lambda block: -area(block.box)):
        if not any(share_inside(block.box, other.box) > _NESTED and other.kind != "picture" for other in kept):
            kept.append(block)
    return kept


def _placed(line: Line, found: list[Block]) -> bool:
    """Give the line to the box that has most of it."""
    best = max(found, key=lambda block: _claim(line.box, block), default=None)
    if best is None or _claim(line.box, best) < _CLAIM:
        return False
    best.lines.append(line)
    return True


def _claim(line: Box, block: Block) -> float:
    inside = share_inside(line, block.box)
    return inside - 0.2 if block.kind == "picture" else inside


def _parts(block: Block) -> list[Block]:
    """The block with its lines in rows; in more than one part where it is a picture's words or has two columns."""
    if block.kind == "table":
        return [block]
    if block.kind == "picture":
        return clustered("picture", block.lines)
    whole = block.kind != "text" or any(map(is_mono, block.lines))  # the columns of a listing are one
    if block.kind == "formula":
        block.lines = formulas.limited(block.lines)
    sides = [block.lines] if whole else _columns(block.lines)
    return [Block(block.kind, around(*(line.box for line in side)), in_rows(side)) for side in sides]


def _columns(lines: list[Line]) -> list[list[Line]]:
    """The lines left and right of a gutter that runs through all of them, where both sides have several."""
    rights = sorted({line.box[2] for line in lines})
    for right in rights:
        left = [line for line in lines if line.box[2] <= right]
        beside = [line for line in lines if line.box[0] >= right + _GUTTER * line.size]
        if len(left) > 1 and len(beside) > 1 and len(left) + len(beside) == len(lines) and _filled(left, beside):
            return [left, beside]
    return [lines]


def _filled(left: list[Line], right: list[Line]) -> bool:
    """Whether both sides hold words, and not bullets or numbers of items."""
    return all(sum(len(line.text.strip()) for line in side) > 6 * len(side) for side in (left, right))


def from_picture(lines: list[Line]) -> list[Block]:
    """Blocks of lines that were read in a picture: a table where they stand in columns, else text."""
    found = grids.aligned(lines)
    if found is not None:
        return [Block("table", found.box, lines, found)]
    return clustered("text", lines)


def as_they_come(lines: list[Line]) -> list[Block]:
    """The lines in the order of the file, those that stand closely below each other as blocks."""
    found: list[Block] = []
    for line in lines:
        if found and _follows(line, found[-1]):
            found[-1].lines.append(line)
            found[-1].box = around(found[-1].box, line.box)
        else:
            found.append(Block("text", line.box, [line]))
    return found


def clustered(kind: str, lines: Iterable[Line]) -> list[Block]:
    """Lines that stand closely below each other as blocks."""
    clusters: list[Block] = []
    for line in sorted(lines, key=lambda line: line.box[1]):
        above = next((block for block in reversed(clusters) if _follows(line, block)), None)
        if above is None:
            clusters.append(Block(kind, line.box, [line]))
        else:
            above.lines.append(line)
            above.box = around(above.box, line.box)
    for block in clusters:
        block.lines = in_rows(block.lines)
    return clusters


def _follows(line: Line, block: Block) -> bool:
    height = line.box[3] - line.box[1]
    across = overlap((line.box[0], line.box[2]), (block.box[0], block.box[2]))
    return -height < line.box[1] - block.box[3] < 0.6 * height and across > 0
