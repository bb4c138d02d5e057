"""A page as an array of pixels, of a bounded size: memory is spent by the pixel."""

from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_DPI = 150  # twice the letters' least height for the nets; 200 dpi read no better
_LONGEST = 2000  # pixels on the longer side


def rendered(page: Any, box: tuple[float, float, float, float] | None = None) -> Pixels:
    """The page, or the part of it in `box` (points), in colour: rows x columns x 3 (RGB)."""
    clip = pymupdf.Rect(box) if box else page.rect
    zoom = min(_DPI / 72, _LONGEST / max(clip.width, clip.height, 1.0))
    matrix = pymupdf.Matrix(zoom, zoom)
    image = page.get_pixmap(matrix=matrix, clip=clip, colorspace=pymupdf.csRGB, alpha=False)
    return np.frombuffer(image.samples, dtype=np.uint8).reshape(image.height, image.width, 3)


def turned(pixels: Pixels, degrees: int) -> Pixels:
    """The picture turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, -degrees // 90))
