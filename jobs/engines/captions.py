"""Which text on a page is the caption of which picture."""

import re
from collections.abc import Sequence

from jobs.engines.geometry import Box, apart

CAPTION = re.compile(
    r"(?:supplementary |extended data )?(?:figure|fig|abbildung|abb|illustration|image|photo|picture|plate|scheme|chart"
    r"|graph|diagram|map|exhibit|drawing)s?\s*\.?\s*(?:[A-Z]{1,2}[-.]?)?\d"
    r"(?![\w.\-]*\s+(?-i:[a-z]{2}))",  # no sentence: "Figure 3 shows"
    re.I,
)

_FAR = 45.0  # points between a picture and its caption


def of_pictures(boxes: Sequence[Box], blocks: Sequence[Box], captions: Sequence[str]) -> list[int | None]:
    """For each picture in `boxes` which of the page's `blocks` is its caption; one is the caption of one picture.

    `captions` has the words of each block that may be one, and nothing for the others.
    """
    free = list(map(bool, captions))
    found: list[int | None] = []
    for box in boxes:
        at = nearest(box, blocks, free)
        if at is not None:
            free[at] = False
        found.append(at)
    return found


def nearest(box: Box, texts: Sequence[Box], is_caption: Sequence[bool]) -> int | None:
    """Which of the texts is the caption of the picture in `box`: the nearest below it, above it or beside it."""
    near = [
        (distance, number)
        for number, (text, fits) in enumerate(zip(texts, is_caption, strict=True))
        if fits and (distance := _distance(box, text)) is not None
    ]
    return min(near)[1] if near else None


def _distance(box: Box, text: Box) -> float | None:
    across, down = apart(box, text)
    if max(across, down) > _FAR or min(across, down) > 0:
        return None
    # What stands below is rather meant than what stands above or beside.
    return max(across, down, 0.0) + (0.0 if text[1] > (box[1] + box[3]) / 2 and across < 0 else 10.0)
