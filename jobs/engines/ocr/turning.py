"""How far a scan must be turned so that its lines run level, from the boxes of its lines."""

from collections.abc import Sequence
from math import atan2, cos, degrees, radians, sin
from statistics import median

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]  # lines x 4 corners (clockwise from the top left) x (x, y)

_SMALLEST, _STEEPEST = 0.3, 15.0  # degrees of skew that are worth correcting and still skew


def lies_on_its_side(boxes: Boxes) -> bool:
    """Whether more of the text stands than runs level. Only clearly long boxes have a say."""
    sizes = [(np.ptp(box[:, 0]), np.ptp(box[:, 1])) for box in boxes]
    level = sum(width for width, height in sizes if width > 2 * height)
    standing = sum(height for width, height in sizes if height > 2 * width)
    return bool(standing > level)


def may_be_upside_down(labels: Sequence[str]) -> bool:
    """Whether half of the sampled lines look turned by 180 degrees: the direction net errs on single lines."""
    return bool(labels) and sum(label == "180" for label in labels) >= 0.5 * len(labels)


def turned_over(boxes: Boxes, shape: tuple[int, ...]) -> Boxes:
    """The boxes on a picture of `shape` (height, width) after it is turned by 180 degrees."""
    corner = np.array([shape[1], shape[0]], dtype=np.float32)
    return np.roll(corner - boxes, 2, axis=1)


def skew(boxes: Boxes) -> float:
    """Degrees by which the lines fall to the right; 0 where it is too little or too much to be skew."""
    wide = [box for box in boxes if np.ptp(box[:, 0]) > 4 * np.ptp(box[:, 1])]
    angles = [degrees(atan2(box[1][1] - box[0][1], box[1][0] - box[0][0])) for box in wide]
    angle = median(angles) if angles else 0.0
    return angle if _SMALLEST < abs(angle) < _STEEPEST else 0.0


def levelled(boxes: Boxes, angle: float, middle: tuple[float, float]) -> Boxes:
    """The boxes turned back by `angle` degrees about `middle`."""
    if not angle:
        return boxes
    cosine, sine = cos(radians(-angle)), sin(radians(-angle))
    turn = np.array([[cosine, sine], [-sine, cosine]], dtype=np.float32)
    return ((boxes - np.array(middle, dtype=np.float32)) @ turn + np.array(middle, dtype=np.float32)).astype(np.float32)
