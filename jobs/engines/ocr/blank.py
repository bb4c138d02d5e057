"""Tells an empty page from one on which there is something to see."""

from typing import Any

import numpy as np
import pymupdf
from numpy.typing import NDArray

_LONGEST = 600  # pixels on the longer side: letters are specks then, and still darker than paper
_STEP = 48  # brightness (of 255) that sets ink apart from paper and its grain
_SPECKS = 0.0003  # share of the pixels that dust and the shadow of a fold may take


def is_blank(page: Any) -> bool:
    """Whether nothing is on the page but paper: drawn, printed or scanned."""
    zoom = min(1.0, _LONGEST / max(page.rect.width, page.rect.height, 1.0))
    image = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csGRAY, alpha=False)
    return is_paper(np.frombuffer(image.samples, dtype=np.uint8).reshape(image.height, image.width))


def is_paper(pixels: NDArray[np.uint8]) -> bool:
    """Whether a grey picture is of one brightness, but for a few specks and its outermost edge."""
    rim = max(min(pixels.shape) // 30, 1)
    inner = pixels[rim:-rim, rim:-rim].astype(np.int16)
    return not inner.size or float((np.abs(inner - np.median(inner)) > _STEP).mean()) < _SPECKS
