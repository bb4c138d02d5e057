"""The words in and beside pictures: which of them are labels, and what is text."""

from collections.abc import Sequence

from jobs.engines.captions import CAPTION
from jobs.engines.geometry import Box, apart, area, around, lies_in
from jobs.engines.sights import Figure, Sight, Text

_LONG, _PROSE = 25, 150  # letters of a line that is no label, and of such lines that make a part text
_DENSE = 0.5  # share of a part that letters cover: text in a box
_LABEL = 30  # letters of the longest label
_SENTENCE = 45  # letters of a line beside which a short one is the end of its text
_MOST_HIDDEN = 0.6  # of a page's letters that pictures may stand for


def have_prose(sight: Sight, box: Box) -> bool:
    """Whether text runs over it: on a page's or a paragraph's background."""
    inside = (text.text for text in sight.texts if lies_in(text.box, box))
    return sum(len(text) for text in inside if len(text) > _LONG) > _PROSE


def fill(sight: Sight, box: Box) -> bool:
    """Whether it is a box around text."""
    return sum(area(text.box) for text in sight.texts if lies_in(text.box, box)) > _DENSE * area(box)


def with_labels(sight: Sight, box: Box) -> Box:
    """With the short texts right beside it: what stands at an axis or under a symbol."""
    for _ in range(2):
        labels = [text.box for text in sight.texts if _is_label(text, box, sight.texts)]
        box = around(box, *labels)
    return box


def _is_label(text: Text, box: Box, texts: Sequence[Text]) -> bool:
    across, down = apart(text.box, box)
    height = text.box[3] - text.box[1]
    if max(across, down) > 0.8 * height or min(across, down) > -0.5 * height:
        return False
    if len(text.text) > _LABEL or CAPTION.match(text.text):
        return False
    return not any(_goes_on(text, other) for other in texts if len(other.text) > _SENTENCE)


def _goes_on(text: Text, long: Text) -> bool:
    """Whether a short line stands right below or above a long one, as the end of a paragraph or its title does."""
    across, down = apart(text.box, long.box)
    return across < 0 and down < 1.2 * (long.box[3] - long.box[1])


def hiding(figures: Sequence[Figure], captioned: Sequence[bool], texts: Sequence[Text]) -> list[Box]:
    """The boxes of the pictures that stand for the words in them: drawings, and what has a caption. A page that would
    say hardly anything any more keeps its words."""
    boxes = [
        figure.box
        for figure, has_caption in zip(figures, captioned, strict=True)
        if not figure.prose and (figure.drawn or has_caption)
    ]
    hidden = sum(len(text.text) for text in texts if any(lies_in(text.box, box) for box in boxes))
    return boxes if hidden <= _MOST_HIDDEN * sum(len(text.text) for text in texts) else []
