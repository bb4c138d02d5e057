"""PyMuPDF's layout net: one thread, half its features, and a bound on the time it takes for a page.

The net with the "rf" features is used: without the picture net of PyMuPDF's default it takes half the time and finds as
much.
"""

from dataclasses import dataclass
from typing import Any

import onnxruntime


class _OneThread(onnxruntime.InferenceSession):  # type: ignore[misc]
    """One process a core is faster than two threads a process: by default the nets' threads spin and fight."""

    def __init__(self, path_or_bytes: Any, sess_options: Any = None, **others: Any) -> None:
        session = sess_options or onnxruntime.SessionOptions()
        session.intra_op_num_threads = session.inter_op_num_threads = 1
        session.enable_cpu_mem_arena = False  # it would keep what the largest page so far needed, and more
        super().__init__(path_or_bytes, sess_options=session, **others)


# PyMuPDF loads its nets at import and offers no setting for their threads.
onnxruntime.InferenceSession = _OneThread

import pymupdf  # noqa: E402
from pymupdf.layout import DocumentLayoutAnalyzer, pymupdf_util_base  # noqa: E402

# Of text on a page that the net is asked about: its time grows with the square. A page of a newspaper has half of it.
_MOST_LINES, _MOST_LETTERS = 3000, 50_000
_LONGEST = 6000  # points; the net looks at a picture of the page, a pixel for each. A poster is half as long.
_SEGMENTED = 1500  # lines and strokes up to which MuPDF looks for the white between them: the same, and worse
_STYLED = 20_000  # strokes up to which it tells which of them underline or embolden a text

pymupdf._get_layout = DocumentLayoutAnalyzer.get_model(feature_set_name="rf").predict
pymupdf.TOOLS.unset_quad_corrections(True)


@dataclass(frozen=True)
class Crowd:
    """How much stands on a page: lines of text, their letters, strokes of drawings; and its longer side in points."""

    lines: int
    letters: int
    strokes: int
    side: float

    @property
    def is_too_big(self) -> bool:
        """Whether there is more than the net takes in a bounded time and memory."""
        return self.lines > _MOST_LINES or self.letters > _MOST_LETTERS or self.side > _LONGEST

    @property
    def affords(self) -> int:
        """The flags of text extraction whose time grows with the square, as far as the page affords them."""
        styles = pymupdf.TEXT_COLLECT_STYLES * (not self.is_too_big and self.strokes <= _STYLED)
        return int(styles | pymupdf.TEXT_SEGMENT * (self.lines + self.strokes <= _SEGMENTED))


def crowd(page: Any) -> Crowd:
    texts = [block[4] for block in page.get_text("blocks")]
    lines, letters = sum(text.count("\n") for text in texts), sum(map(len, texts))
    strokes = sum(len(path["items"]) for path in page.get_cdrawings())
    return Crowd(lines, letters, strokes, max(page.rect.width, page.rect.height))


def groups(page: Any, seen: Crowd) -> list[dict[str, Any]]:
    """What the net sees on a page: boxes (`group_bbox`) with a `class_name`."""
    page.crowd = seen
    page.get_layout(return_raw=True)
    return page.layout_information or []


def _text_page(page: Any, flags: int) -> Any:
    """The text page that the net's features are taken from; it offers no option for its flags."""
    if hasattr(page, "crowd"):
        flags &= ~(pymupdf.TEXT_SEGMENT | pymupdf.TEXT_COLLECT_STYLES) | page.crowd.affords
    return page.get_textpage(flags=flags)


pymupdf_util_base.create_stext_page = _text_page
