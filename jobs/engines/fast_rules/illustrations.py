"""The pictures of a page as the rules see it: upright by its text."""

from collections.abc import Sequence
from typing import Any

from jobs.engines import captions, labels, placed
from jobs.engines.fast_rules import parts, reading
from jobs.engines.fast_rules.pieces import Line, Sheet
from jobs.engines.fast_rules.rendering import Piece
from jobs.engines.fast_rules.tables import Table
from jobs.engines.geometry import Box, lies_in, turned
from jobs.engines.sights import Figure, Sight, Stroke, Text


def sight(page: Any, raw: dict[str, Any], sheet: Sheet, found: Sequence[Piece], furniture: bool) -> Sight:
    """What there is on `page`, of which `raw` is PyMuPDF's dictionary and `found` are the pieces."""
    upright = reading.upright(raw)
    return Sight(
        width=sheet.width,
        height=sheet.height,
        images=[upright(box) for box in placed.images(page)],
        strokes=[Stroke(upright(stroke.box), stroke.plain) for stroke in placed.strokes(raw["blocks"])],
        texts=[Text(_box(line), line.text.strip()) for line in [*sheet.lines, *sheet.turned]],
        tables=[parts.box(piece) for piece in found if isinstance(piece, Table)],
        furniture=furniture,
    )


def hiding(seen: Sight, chosen: Sequence[Figure], found: Sequence[Piece]) -> list[Box]:
    """The boxes of those pictures that stand for the words in them."""
    boxes = [parts.box(piece) for piece in found]
    at = captions.of_pictures([figure.box for figure in chosen], boxes, list(map(parts.caption, found)))
    return labels.hiding(chosen, [each is not None for each in at], seen.texts)


def outside(lines: Sequence[Line], boxes: Sequence[Box]) -> list[Line]:
    """The lines that are in none of the boxes."""
    return [line for line in lines if not any(lies_in(_box(line), box) for box in boxes)]


def to_frame(box: Box, raw: dict[str, Any], sheet: Sheet, rotation: int) -> Box:
    """From the rules' upright page to the one that people see; `rotation` is the PDF's."""
    return turned(box, rotation - reading.lying(raw), sheet.width, sheet.height)


def _box(line: Line) -> Box:
    return line.x0, line.y0, line.x1, line.y1
