"""How deep the items of a list are nested: by their indents."""

from collections.abc import Sequence

_STEP = 4.0  # points: less is only carelessness
_DEEPEST = 9  # more is a drawing of words, and its indents would outgrow the text


def depths(indents: Sequence[float]) -> list[int]:
    """For each item the number of items it lies in; `indents` in points."""
    stack: list[float] = []
    found = []
    for indent in indents:
        while stack and indent < stack[-1] - _STEP:
            stack.pop()
        if not stack or indent > stack[-1] + _STEP:
            stack.append(indent)
        found.append(min(len(stack) - 1, _DEEPEST))
    return found


def prefixes(depths_of_items: Sequence[int], marks: Sequence[str]) -> list[str]:
    """What stands before each item: as many blanks as the marks take of the items around it."""
    widths: list[int] = []
    found = []
    for depth, mark in zip(depths_of_items, marks, strict=True):
        del widths[depth:]
        found.append(" " * sum(widths) + mark + " ")
        widths.append(len(mark) + 1)
    return found
