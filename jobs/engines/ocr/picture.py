"""A page as an array of pixels, of a bounded size: memory is spent by the pixel."""

from typing import Any

import cv2
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


def reduced(pixels: Pixels, longest: int) -> Pixels:
    """The picture with at most so many pixels on its longer side."""
    share = longest / max(pixels.shape[:2])
    if share >= 1:
        return pixels
    size = max(round(pixels.shape[1] * share), 1), max(round(pixels.shape[0] * share), 1)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
