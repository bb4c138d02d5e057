"""Drawing pages for a model to read, and cutting pictures out of them. Runs in the sandbox."""

import base64
from dataclasses import asdict
from typing import Any

from jobs.engines import cutting
from jobs.engines.fast_rules.loading import pymupdf
from jobs.engines.geometry import Box

_QUALITY = 92  # of the JPEG: letters stay sharp, and a scan stays small


class RenderedDocument:
    """An opened PDF of which pages are drawn."""

    def __init__(self, path: str, password: str) -> None:
        self._pdf = pymupdf.open(path, filetype="pdf")
        if self._pdf.needs_pass:
            self._pdf.authenticate(password)

    def draw(self, number: int, dpi: int, longest: int) -> dict[str, Any]:
        """Page `number` as people see it: `picture` (JPEG in base64), its `pixels`, the page's `frame` in points, and
        whether it `is_blank`. The picture has `dpi` or less: its longer side is at most `longest` pixels."""
        page = self._pdf[number - 1]
        zoom = min(dpi / 72, longest / max(page.rect.width, page.rect.height, 1.0))
        drawn = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csRGB, alpha=False)
        return {
            "picture": base64.b64encode(drawn.tobytes("jpeg", jpg_quality=_QUALITY)).decode(),
            "pixels": [drawn.width, drawn.height],
            "frame": [page.rect.width, page.rect.height],
            "is_blank": drawn.is_unicolor,
        }

    def cut(self, number: int, boxes: list[Box]) -> dict[str, Any]:
        """The parts of page `number` in `boxes`, in points of the page as people see it: a `cutting.Cut`."""
        return asdict(cutting.cut(self._pdf[number - 1], boxes, number))

    def close(self) -> None:
        self._pdf.close()


def open(path: str, password: str) -> RenderedDocument:  # noqa: A001 (the engines' own word)
    return RenderedDocument(path, password)
