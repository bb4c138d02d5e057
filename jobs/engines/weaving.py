"""Pictures' links put as paragraphs between the blocks of a page that is written already."""

from collections.abc import Sequence

from jobs.engines.geometry import Box, apart

Place = tuple[int, int]  # from where to where something stands in a text, in letters

_SLACK = 3.0  # points that boxes may overlap


def position(box: Box, blocks: Sequence[Box], caption: int | None = None) -> int:
    """Before which of the `blocks`, whose boxes come in reading order, a picture is read; their number for the end.

    It stands by its caption, if one is told; else before the first block below it, or after the last one above it.
    """
    if caption is not None:
        return caption + (blocks[caption][3] <= box[1] + _SLACK)
    same_column = [number for number, block in enumerate(blocks) if apart(box, block)[0] < 0]
    below = [number for number in same_column if blocks[number][1] >= box[3] - _SLACK]
    if below:
        return below[0]
    above = [number for number in same_column if blocks[number][3] <= box[1] + _SLACK]
    if above:
        return above[-1] + 1
    lower = [number for number, block in enumerate(blocks) if block[1] >= box[1]]
    return lower[0] if lower else len(blocks)


def woven(
    text: str, places: Sequence[Place], paragraphs: Sequence[tuple[int, str]]
) -> tuple[str, list[Place], list[Place]]:
    """`text` with `paragraphs`, each before the block of that number; where the blocks stand in it, and the paragraphs.

    `places` says where the blocks stand in `text`, one after the other to its end. A run of blocks without a blank line
    between (a list) is not parted: a paragraph comes after it.
    """
    found = _Weaving(text)
    ordered = sorted(range(len(paragraphs)), key=lambda each: _free(text, places, paragraphs[each][0]))
    own: dict[int, Place] = {}
    for number in range(len(places) + 1):
        while ordered and _free(text, places, paragraphs[ordered[0]][0]) <= number:
            each = ordered.pop(0)
            own[each] = found.paragraph(paragraphs[each][1])
        if number < len(places):
            found.block(places[number])
    return found.text, found.places, [own[each] for each in range(len(paragraphs))]


class _Weaving:
    def __init__(self, old: str) -> None:
        self.text = ""
        self.places: list[Place] = []
        self._old = old
        self._end = 0  # of the last block, in the old text
        self._parted = False

    def paragraph(self, paragraph: str) -> Place:
        self.text += "\n\n" if self.text else ""
        self._parted = True
        return self._add(paragraph)

    def block(self, place: Place) -> None:
        start, stop = place
        if stop > start:
            self.text += "\n\n" if self._parted else self._old[self._end : start]
            self._end, self._parted = stop, False
        self.places.append(self._add(self._old[start:stop]))

    def _add(self, part: str) -> Place:
        start = len(self.text)
        self.text += part
        return start, len(self.text)


def _free(text: str, places: Sequence[Place], number: int) -> int:
    """The first block from `number` on that does not follow tightly on the one before it."""
    end = max((stop for start, stop in places[:number] if stop > start), default=0)
    for start, stop in places[number:]:
        if stop > start:
            if not end or "\n\n" in text[end:start]:
                break
            end = stop
        number += 1
    return number
