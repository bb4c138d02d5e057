"""What the fonts of a page look like: by their flags, by their names, and by how wide their letters are."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from jobs.engines.fast_rules.pieces import Style

# The flags of PyMuPDF's spans.
_RAISED, _ITALIC, _MONO, _BOLD = 1, 2, 8, 16
_BOLD_NAME = re.compile(r"bold|black|heavy|semibd|demi|CMBX|-bd\b", re.I)
_MONO_NAME = re.compile(r"mono(?!type)|courier|consol|typewriter|CMTT|\bmenlo|lettergothic", re.I)
_ITALIC_NAME = re.compile(r"italic|oblique|CMTI", re.I)
_LETTERS = 6  # a span of so many tells how wide letters are
_SPANS = 4
_MOST = 0.75  # of a font's spans: a ligature or an accent makes one differ
_EVEN = 0.004  # of the font size: so little do the widths of a typewriter's letters differ
_USUAL = (0.45, 0.66)  # of the font size: widths of typewriters' letters


def typewriters(spans: Iterable[dict[str, Any]]) -> frozenset[str]:
    """The fonts whose letters are all equally wide, though nothing but the page itself says so."""
    widths: dict[str, dict[str, float]] = {}
    for span in spans:
        text = span["text"]
        # Figures are equally wide in most fonts.
        if len(text) >= _LETTERS and not span["flags"] & _MONO and 2 * sum(map(str.isalpha, text)) >= len(text):
            x0, y0, x1, y1 = span["bbox"]
            width = max(x1 - x0, y1 - y0) / len(text) / (span["size"] or 1)
            widths.setdefault(span["font"], {})[text] = width
    return frozenset(font for font, by_text in widths.items() if _is_even(sorted(by_text.values())))


def _is_even(widths: list[float]) -> bool:
    usual = widths[len(widths) // 2]
    even = sum(abs(width - usual) <= _EVEN for width in widths)
    return even >= max(_SPANS, _MOST * len(widths)) and _USUAL[0] <= usual <= _USUAL[1]


@lru_cache(maxsize=4096)
def style(font: str, flags: int, size: float, typewriter: bool) -> Style:
    """The looks of a span's letters."""
    return Style(
        size,
        bool(flags & _BOLD or _BOLD_NAME.search(font)),
        bool(flags & _ITALIC or _ITALIC_NAME.search(font)),
        typewriter or bool(flags & _MONO or _MONO_NAME.search(font)),
        bool(flags & _RAISED),
    )
