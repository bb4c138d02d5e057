"""What the pages around a page tell of it: what comes back in their margins is furniture, and their words show how a
word is written."""

from functools import partial
from typing import Any

from jobs.engines.broken import unless_broken
from jobs.engines.layout_passes import compounds, furniture, reading
from jobs.engines.layout_sight import TEXT
from jobs.engines.upright import set_upright

_STEPS = (-2, -1, 1, 2)
_TOP, _BOTTOM = 0.15, 0.8  # of the height: where margins end and begin

_Told = tuple[set[str], set[str]]  # lines of the margins, as `furniture` compares them, and words


class Neighbours:
    """Those of an opened PDF; each page is looked at once while its neighbours are converted."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        self._told: dict[int, _Told] = {}

    def around(self, number: int) -> _Told:
        """Margins and words of the pages around page `number`."""
        near = [number + step for step in _STEPS if 1 <= number + step <= self._pdf.page_count]
        told = [self._of(other) for other in near]
        return set().union(*(margins for margins, _ in told)), set().union(*(words for _, words in told))

    def _of(self, number: int) -> _Told:
        if number not in self._told:
            self._told[number] = unless_broken(partial(_told, self._pdf, number)) or (set(), set())
            for old in [n for n in self._told if abs(n - number) > 2 * max(_STEPS)]:
                del self._told[old]
        return self._told[number]


def _told(pdf: Any, number: int) -> _Told:
    page = pdf[number - 1]
    set_upright(page)
    height = page.rect.height
    found = reading.lines(page.get_text("dict", flags=TEXT)["blocks"])
    near = (line for line in found if line.box[3] < _TOP * height or line.box[1] > _BOTTOM * height)
    return {furniture.key(line) for line in near}, compounds.vocabulary(line.text for line in found)
