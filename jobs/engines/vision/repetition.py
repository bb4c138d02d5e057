"""Stopping a model that has lost itself in a loop: it would go on until its last token.

What looks alike on real pages (leaders of dots, rules, rows of zeros) is short; a loop is endless.
"""

# How many letters at the end are looked at, and how often they must hold the same thing.
_WINDOWS = ((2000, 8), (7500, 5))
_EVERY = 500  # letters between two looks


class Watch:
    """Takes a growing text and tells when its end only repeats itself."""

    def __init__(self) -> None:
        self._next_look = _WINDOWS[0][0]

    def is_looping(self, text: str) -> bool:
        """Whether `text`, which has grown since the last call, ends in a loop."""
        if len(text) < self._next_look:
            return False
        self._next_look = len(text) + _EVERY
        return period(text) is not None


def period(text: str) -> int | None:
    """The length of what the end of `text` repeats, None where it does not."""
    for length, times in _WINDOWS:
        if len(text) >= length:
            found = _shortest_period(text[-length:])
            if found * times <= length:
                return found
    return None


def without_loop(text: str) -> str:
    """`text` up to where it began to repeat itself; what is repeated stands there once, if anything is before it."""
    length = period(text)
    if length is None:
        return text
    start = len(text) - length
    while start > 0 and text[start - 1] == text[start - 1 + length]:
        start -= 1
    return text[: start + length] if text[:start].strip() else ""


def _shortest_period(text: str) -> int:
    """The least p for which text[i] == text[i + p] everywhere, by the failure function of Knuth, Morris and Pratt."""
    borders = [0] * len(text)
    matched = 0
    for position in range(1, len(text)):
        while matched and text[position] != text[matched]:
            matched = borders[matched - 1]
        matched += text[position] == text[matched]
        borders[position] = matched
    return len(text) - borders[-1]
