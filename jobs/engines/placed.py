"""Pictures and strokes placed on a page, as PyMuPDF tells them: in the frame of the page without its rotation."""

from collections.abc import Iterable, Mapping
from typing import Any

from jobs.engines.geometry import Box
from jobs.engines.sights import Stroke

VECTORS = 1024  # MuPDF's FZ_STEXT_COLLECT_VECTORS
_VECTOR = 3  # the type of such a block


def images(page: Any) -> list[Box]:
    """The boxes of the page's pictures; `page` is PyMuPDF's."""
    return [tuple(image["bbox"]) for image in page.get_image_info()]


def strokes(blocks: Iterable[Mapping[str, Any]]) -> list[Stroke]:
    """What is drawn; `blocks` are those of `get_text("dict")` with `VECTORS`."""
    return [Stroke(tuple(block["bbox"]), bool(block["isrect"])) for block in blocks if block["type"] == _VECTOR]
