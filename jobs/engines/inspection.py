"""The look into a PDF before it becomes a job: can it be opened, and how many pages has it? Runs in the sandbox."""

import contextlib
import os
import sys
from typing import Any

# Without the layout nets PyMuPDF loads in half the time and needs half the memory.
sys.modules["pymupdf.layout"] = None  # type: ignore[assignment]

import pymupdf  # noqa: E402
from pymupdf.utils import get_label_pno  # noqa: E402

_TAIL_BYTES = 2048
_MOST_LOOKS = 5_000_000  # at a rule for a page; a PDF that wants more of them is up to no good


def inspect(path: str, password: str) -> dict[str, Any]:
    """`{"page_count": …, "repaired": …, "labels": …}`, or `{"refusal": code}` with broken_pdf, locked, wrong_password,
    truncated, no_pages."""
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
    return {"page_count": pdf.page_count, "repaired": bool(pdf.is_repaired), "labels": _labels(pdf)}


def _labels(pdf: Any) -> list[str]:
    """What is printed on each page for its number, as the PDF says (ISO 32000-2, 12.4.2); empty where it says
    nothing."""
    with contextlib.suppress(Exception):  # a label that can't be read is no reason to refuse a PDF
        rules = pdf._get_page_labels()  # the public call gives rules of which each page would ask anew
        if 0 < len(rules) * pdf.page_count < _MOST_LOOKS:
            return [get_label_pno(index, rules) for index in range(pdf.page_count)]
    return []


def _ends_early(path: str) -> bool:
    """Whether the marker that ends every PDF is missing (ISO 32000-2, 7.5.5), as after an upload that broke off."""
    with open(path, "rb") as file:
        file.seek(max(0, os.path.getsize(path) - _TAIL_BYTES))
        return b"%%EOF" not in file.read()
