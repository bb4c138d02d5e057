"""Reading order by recursive cuts (XY-cut; Nagy and Seth 1984), columns before rows."""

from collections.abc import Callable, Iterator

from jobs.engines.geometry import Box, around
from jobs.engines.layout_passes.shapes import Block, overlap

_GUTTER = 5.0  # points that columns lie apart at least
_MOST = 250  # blocks that are cut: each cut may take off but one, and goes a level deeper
_MARGIN_WIDTH = 0.34  # share of the width up to which sparse boxes at the side are notes in a margin
_MARGIN_FILL = 0.45  # share of the height that such notes may fill
_Stretch = Callable[[Block], tuple[float, float]]


def ordered(blocks: list[Block], right_to_left: bool = False) -> list[Block]:
    """The blocks in the order a reader takes them."""
    if not blocks[1:]:
        return blocks
    if len(blocks) > _MOST:
        return _by_rows(blocks, right_to_left)
    columns = _columns(blocks)
    if columns:
        return _by_columns(columns, right_to_left)
    bands = _bands(blocks)
    if len(bands) > 1:
        return [block for band in bands for block in ordered(band, right_to_left)]
    return _tangled(blocks, right_to_left)


def _columns(blocks: list[Block]) -> list[list[Block]]:
    """The blocks cut at their widest free gutter into left and right, or nothing."""
    gaps = list(_gaps(blocks, _across))
    wide = [gap for gap in gaps if gap[1] - gap[0] >= _GUTTER]
    if not wide:
        return []
    start, end = max(wide, key=lambda gap: gap[1] - gap[0])
    left = [block for block in blocks if block.box[2] <= start + 0.1]
    return [left, [block for block in blocks if block.box[0] >= end - 0.1]]


def _by_columns(columns: list[list[Block]], right_to_left: bool) -> list[Block]:
    left, right = columns
    for notes, main in ((left, right), (right, left)):
        if _are_notes(notes, main):
            return _with_notes(ordered(main, right_to_left), notes)
    parts = [right, left] if right_to_left else [left, right]
    return [block for part in parts for block in ordered(part, right_to_left)]


def _are_notes(notes: list[Block], main: list[Block]) -> bool:
    """Whether narrow boxes stand sparsely beside a text: side headings, notes, numbers of items."""
    beside, text = around(*(note.box for note in notes)), around(*(block.box for block in main))
    width = max(beside[2], text[2]) - min(beside[0], text[0])
    filled = sum(note.box[3] - note.box[1] for note in notes)
    both = overlap((beside[1], beside[3]), (text[1], text[3]))
    return (
        beside[2] - beside[0] < _MARGIN_WIDTH * width
        and filled < _MARGIN_FILL * (text[3] - text[1])
        and filled < 0.6 * sum(block.box[3] - block.box[1] for block in main)
        and both > 0
    )


def _with_notes(main: list[Block], notes: list[Block]) -> list[Block]:
    """Each note before the first block of the text that begins at its height or below."""
    merged = list(main)
    for note in sorted(notes, key=lambda note: -note.box[1]):
        slack = 0.5 * min(note.box[3] - note.box[1], 14.0)
        place = next((i for i, block in enumerate(merged) if block.box[1] >= note.box[1] - slack), len(merged))
        merged.insert(place, note)
    return merged


def _bands(blocks: list[Block]) -> list[list[Block]]:
    """The blocks cut at free rows; rows stay together while one gutter runs through them all."""
    rows = _cut_rows(blocks)
    bands: list[list[Block]] = []
    for row in rows:
        if bands and _keeps_gutter(bands[-1], row):
            bands[-1] = bands[-1] + row
        else:
            bands.append(row)
    return bands if len(bands) > 1 or len(rows) == 1 else rows


def _keeps_gutter(band: list[Block], row: list[Block]) -> bool:
    """Whether a gutter of one of them stays free in both, and both have something at a side of it."""
    return (len(band) > 1 or len(row) > 1) and bool(_shared_gutter(band, row))


def _shared_gutter(band: list[Block], row: list[Block]) -> bool:
    if not (_columns(band) or _columns(row)):
        return False
    return bool(_columns(band + row))


def _cut_rows(blocks: list[Block]) -> list[list[Block]]:
    edges = [start for start, _ in _gaps(blocks, _down)]
    rows: list[list[Block]] = [[] for _ in range(len(edges) + 1)]
    for block in blocks:
        rows[sum(block.box[1] >= edge - 0.1 for edge in edges)].append(block)
    return [row for row in rows if row]


def _across(block: Block) -> tuple[float, float]:
    return block.box[0], block.box[2]


def _down(block: Block) -> tuple[float, float]:
    return block.box[1], block.box[3]


def _gaps(blocks: list[Block], stretch: _Stretch) -> Iterator[tuple[float, float]]:
    """The free stretches between the blocks along one axis."""
    reached: float | None = None
    for start, end in sorted(stretch(block) for block in blocks):
        if reached is not None and start > reached:
            yield reached, start
        reached = end if reached is None else max(reached, end)


def _tangled(blocks: list[Block], right_to_left: bool) -> list[Block]:
    """Boxes that overlap so that no cut is free: shrink them, and if that does not help go by their tops."""
    shrunk = {id(block): block.box for block in blocks}
    for block in blocks:
        block.box = _shrunk(block.box)
    try:
        if _columns(blocks) or len(_cut_rows(blocks)) > 1:
            return ordered(blocks, right_to_left)
        return _by_rows(blocks, right_to_left)
    finally:
        for block in blocks:
            block.box = shrunk[id(block)]


def _by_rows(blocks: list[Block], right_to_left: bool) -> list[Block]:
    """By their tops; what stands beside the first of a row, by its half at least, in the direction of reading."""
    rows: list[list[Block]] = []
    for block in sorted(blocks, key=lambda block: block.box[1]):
        if rows and _is_beside(block, rows[-1][0]):
            rows[-1].append(block)
        else:
            rows.append([block])
    return [block for row in rows for block in sorted(row, key=lambda block: block.box[0], reverse=right_to_left)]


def _is_beside(block: Block, first: Block) -> bool:
    heights = [one.box[3] - one.box[1] for one in (block, first)]
    return overlap(_down(block), _down(first)) > 0.5 * max(heights)


def _shrunk(box: Box) -> Box:
    dx, dy = min(3.0, (box[2] - box[0]) / 4), min(3.0, (box[3] - box[1]) / 4)
    return box[0] + dx, box[1] + dy, box[2] - dx, box[3] - dy
