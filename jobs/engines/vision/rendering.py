"""Drawing pages for a model to read, and cutting pictures out of them. Runs in the sandbox."""

import base64
from dataclasses import asdict
from typing import Any

from jobs.engines import cutting
from jobs.engines.fast_rules.loading import pymupdf
from jobs.engines.geometry import Box
from jobs.engines.vision import lying

_QUALITY = 92  # of the JPEG: letters stay sharp, and a scan stays small


class RenderedDocument:
    """An opened PDF of which pages are drawn."""

    def __init__(self, path: str, password: str) -> None:
        self._pdf = pymupdf.open(path, filetype="pdf")
        if self._pdf.needs_pass:
            self._pdf.authenticate(password)
        self._rotations: dict[int, int] = {}  # as the PDF has them

    def draw(self, number: int, dpi: int, longest: int) -> dict[str, Any]:
        """Page `number`, set upright if it lies otherwise: `picture` (JPEG in base64), its `pixels`, the page's `frame`
        in points, by how many degrees clockwise it was `turned`, and whether it `is_blank`. The picture has `dpi` or
        less: its longer side is at most `longest` pixels."""
        drawn = _drawn(self._page(number, 0), dpi, longest)
        turned = 0 if drawn.is_unicolor else lying.degrees(self._page(number, 0))
        page = self._page(number, turned)
        drawn = _drawn(page, dpi, longest) if turned else drawn
        return {
            "picture": base64.b64encode(drawn.tobytes("jpeg", jpg_quality=_QUALITY)).decode(),
            "pixels": [drawn.width, drawn.height],
            "frame": [page.rect.width, page.rect.height],
            "turned": turned,
            "is_blank": drawn.is_unicolor,
        }

    def cut(self, number: int, boxes: list[Box], turned: int) -> dict[str, Any]:
        """The parts of page `number` in `boxes`, in points of the page `turned` as it was drawn: a `cutting.Cut`."""
        return asdict(cutting.cut(self._page(number, turned), boxes, number))

    def _page(self, number: int, turned: int) -> Any:
        """The page turned by so many degrees from how people see it."""
        page = self._pdf[number - 1]
        page.set_rotation((self._rotations.setdefault(number, page.rotation) + turned) % 360)
        return page

    def close(self) -> None:
        self._pdf.close()


def _drawn(page: Any, dpi: int, longest: int) -> Any:
    zoom = min(dpi / 72, longest / max(page.rect.width, page.rect.height, 1.0))
    return page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csRGB, alpha=False)


def open(path: str, password: str) -> RenderedDocument:  # noqa: A001 (the engines' own word)
    return RenderedDocument(path, password)
