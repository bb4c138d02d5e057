"""PyMuPDF's layout analysis: a neural net finds the boxes of a page, its helpers write them as Markdown.

The net with the "rf" features is used: without the picture net of PyMuPDF's default it takes half the time and finds as
much.
"""

import ctypes
from collections.abc import Mapping
from typing import Any

import onnxruntime

from jobs.engines import Markdown


class _OneThread(onnxruntime.InferenceSession):  # type: ignore[misc]
    """One process a core is faster than two threads a process: by default the nets' threads spin and fight."""

    def __init__(self, path_or_bytes: Any, sess_options: Any = None, **others: Any) -> None:
        session = sess_options or onnxruntime.SessionOptions()
        session.intra_op_num_threads = session.inter_op_num_threads = 1
        super().__init__(path_or_bytes, sess_options=session, **others)


# PyMuPDF loads its nets at import and offers no setting for their threads.
onnxruntime.InferenceSession = _OneThread

import pymupdf  # noqa: E402
from pymupdf.layout import DocumentLayoutAnalyzer  # noqa: E402
from pymupdf4llm.helpers.document_layout import parse_document  # noqa: E402

pymupdf._get_layout = DocumentLayoutAnalyzer.get_model(feature_set_name="rf").predict


class LayoutDocument:
    def __init__(self, path: str, password: str) -> None:
        self._pdf = pymupdf.open(path, filetype="pdf")
        if self._pdf.needs_pass:
            self._pdf.authenticate(password)

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        """The page's Markdown without running headers and footers."""
        parsed = parse_document(self._pdf, pages=[number - 1], force_text=True, use_ocr=False)
        # A page of nothing but what looks like a header (a cover, a divider) is no page to lose.
        text = parsed.to_markdown(header=False, footer=False).strip() or parsed.to_markdown().strip()
        if text:
            return Markdown(text)
        return Markdown("", [f"Page {number} has no text that could be read."])

    def close(self) -> None:
        self._pdf.close()
        _give_memory_back()


def open(path: str, password: str) -> LayoutDocument:  # noqa: A001 (the engines' own word)
    return LayoutDocument(path, password)


def _give_memory_back() -> None:
    """The C library keeps what the nets have freed: half of the process, and all of it idle."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
