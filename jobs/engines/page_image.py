"""A page drawn as people see it. Runs in the sandbox, after `inspection` has loaded PyMuPDF without its nets."""

import base64
from typing import Any

import pymupdf

# A page may be a hundred times as high as wide: what is asked for is its width.
_MOST_PIXELS = 12_000_000
_JPEG_QUALITY = 85


def draw(path: str, password: str, number: int, width: int) -> dict[str, Any]:
    """`{"image": base64, "type": its media type}`, or `{"refusal": code}` with locked, broken_pdf, no_page.

    `number` counts from 1, `width` is in pixels; the picture of a very long page is narrower. Pages with pictures on
    them are given as JPEG, which takes a fraction of the room there; drawings and letters are sharper as PNG.
    """
    try:
        pdf = pymupdf.open(path, filetype="pdf")
    except (pymupdf.FileDataError, pymupdf.mupdf.FzErrorBase, RuntimeError, ValueError):
        return {"refusal": "broken_pdf"}
    with pdf:
        if pdf.needs_pass and not pdf.authenticate(password):
            return {"refusal": "locked"}
        if not 1 <= number <= pdf.page_count:
            return {"refusal": "no_page"}
        return _drawn(pdf[number - 1], width)


def _drawn(page: Any, width: int) -> dict[str, Any]:
    box = page.rect
    zoom = min(width / max(box.width, 1.0), (_MOST_PIXELS / max(box.width * box.height, 1.0)) ** 0.5)
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), alpha=False)
    as_photo = bool(page.get_images())
    data = pixmap.tobytes("jpeg", jpg_quality=_JPEG_QUALITY) if as_photo else pixmap.tobytes("png")
    return {"image": base64.b64encode(data).decode(), "type": "image/jpeg" if as_photo else "image/png"}
