"""The look into a PDF before it becomes a job: can it be opened, and how many pages has it? Runs in the sandbox."""

import os
import sys
from typing import Any

# Without the layout nets PyMuPDF loads in half the time and needs half the memory.
sys.modules["pymupdf.layout"] = None  # type: ignore[assignment]

import pymupdf  # noqa: E402

_TAIL_BYTES = 2048


def inspect(path: str, password: str) -> dict[str, Any]:
    """`{"page_count": …, "repaired": …}`, or `{"refusal": code}` with broken_pdf, locked, wrong_password, truncated,
    no_pages."""
    try:
        pdf = pymupdf.open(path, filetype="pdf")
    except (pymupdf.FileDataError, pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError):
        return {"refusal": "truncated" if _ends_early(path) else "broken_pdf"}
    with pdf:
        return _inspected(pdf, path, password)


def _inspected(pdf: Any, path: str, password: str) -> dict[str, Any]:
    if pdf.needs_pass and not pdf.authenticate(password):
        return {"refusal": "wrong_password" if password else "locked"}
    if pdf.is_repaired and _ends_early(path):
        return {"refusal": "truncated"}
    if pdf.page_count == 0:
        return {"refusal": "no_pages"}
    return {"page_count": pdf.page_count, "repaired": bool(pdf.is_repaired)}


def _ends_early(path: str) -> bool:
    """Whether the marker that ends every PDF is missing (ISO 32000-2, 7.5.5), as after an upload that broke off."""
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - _TAIL_BYTES))
        return b"%%EOF" not in file.read()
