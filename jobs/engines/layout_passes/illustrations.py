"""The pictures of a page as the passes see it, and its blocks without the words that these stand for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jobs.engines import captions, figures, labels, placed
from jobs.engines.captions import CAPTION
from jobs.engines.geometry import Box, lies_in
from jobs.engines.layout_passes.shapes import Block, Line
from jobs.engines.layout_passes.styles import plain
from jobs.engines.sights import Sight, Text

_LABELS = ("picture", "text", "list", "formula")


def sight(
    page: Any,
    groups: Sequence[Mapping[str, Any]],
    lines: Sequence[Line],
    blocks: Sequence[Block],
    *,
    scanned: bool,
    furniture: bool,
) -> Sight:
    """What there is on the upright `page`: PyMuPDF's, with the net's `groups`, its lines and its blocks."""
    return Sight(
        width=page.rect.width,
        height=page.rect.height,
        images=placed.images(page),
        strokes=placed.strokes(page.get_text("dict", flags=placed.VECTORS)["blocks"]),
        guessed=[tuple(group["group_bbox"]) for group in groups if group["class_name"] == "picture"],
        texts=[Text(line.box, line.text.strip()) for line in lines],
        tables=[block.box for block in blocks if block.kind == "table"],
        scanned=scanned,
        furniture=furniture,
    )


def found(seen: Sight, blocks: list[Block], read: Iterable[Line]) -> tuple[list[Box], list[Block]]:
    """The boxes of the page's pictures, and its blocks without the words that these stand for; `read` are lines that
    were read in pictures of text, and stay."""
    chosen = figures.found(seen)
    boxes = [figure.box for figure in chosen]
    at = captions.of_pictures(boxes, [block.box for block in blocks], captions_of(blocks))
    hiding = labels.hiding(chosen, [each is not None for each in at], seen.texts)
    kept = {id(line) for line in read}
    return boxes, [block for block in blocks if not _is_label(block, hiding, kept)]


def _is_label(block: Block, boxes: Sequence[Box], read: set[int]) -> bool:
    if block.kind not in _LABELS or not block.lines or any(id(line) in read for line in block.lines):
        return False
    if CAPTION.match(block.text):
        return False
    return any(all(lies_in(line.box, box) for line in block.lines) for box in boxes)


def captions_of(blocks: Iterable[Block]) -> list[str]:
    """The words of each block that may be a picture's caption, else nothing."""
    return [plain(block.lines) if _is_caption(block) else "" for block in blocks]


def _is_caption(block: Block) -> bool:
    if block.kind in ("text", "heading"):
        return bool(CAPTION.match(block.text))
    return block.kind == "caption" and not block.text.lower().startswith("table")
