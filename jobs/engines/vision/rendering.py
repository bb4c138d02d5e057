"""Drawing pages for a model to read, and cutting pictures out of them. Runs in the sandbox."""

import base64
from typing import Any

from jobs.engines import PICTURE_NAME
from jobs.engines.fast_rules.loading import pymupdf

_QUALITY = 92  # of the JPEG: letters stay sharp, and a scan stays small
_CUT_DPI = 150
_LONGEST_CUT = 2000  # pixels
_MOST_CUT, _MOST_CUT_BYTES = 40, 24 * 1024 * 1024  # of one page


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
        drawn = _pixmap(page, page.rect, dpi, longest)
        return {
            "picture": base64.b64encode(drawn.tobytes("jpeg", jpg_quality=_QUALITY)).decode(),
            "pixels": [drawn.width, drawn.height],
            "frame": [page.rect.width, page.rect.height],
            "is_blank": drawn.is_unicolor,
        }

    def cut(self, number: int, boxes: list[list[float]]) -> dict[str, Any]:
        """The parts of page `number` in `boxes` (points) as `pictures` (dictionaries like `engines.Picture`), a name
        for each box in `names`, empty where there is nothing to be seen or no room, and `warnings`."""
        page = self._pdf[number - 1]
        pictures: list[dict[str, Any]] = []
        names: list[str] = []
        left, skipped = _MOST_CUT_BYTES, 0
        for box in boxes:
            drawn = _pixmap(page, pymupdf.Rect(box), _CUT_DPI, _LONGEST_CUT)
            data = b"" if drawn.is_unicolor else drawn.tobytes("png")
            fits = len(pictures) < _MOST_CUT and len(data) <= left
            skipped += not fits
            if data and fits:
                left -= len(data)
                name = PICTURE_NAME.format(number, len(pictures) + 1)
                encoded = base64.b64encode(data).decode()
                pictures.append({"name": name, "data": encoded, "width": drawn.width, "height": drawn.height})
            names.append(pictures[-1]["name"] if data and fits else "")
        warnings = [f"Page {number} has too many or too large pictures; {skipped} of them are left out."]
        return {"pictures": pictures, "names": names, "warnings": warnings if skipped else []}

    def close(self) -> None:
        self._pdf.close()


def open(path: str, password: str) -> RenderedDocument:  # noqa: A001 (the engines' own word)
    return RenderedDocument(path, password)


def _pixmap(page: Any, clip: Any, dpi: int, longest: int) -> Any:
    zoom = min(dpi / 72, longest / max(clip.width, clip.height, 1.0))
    return page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), clip=clip, colorspace=pymupdf.csRGB, alpha=False)
