"""Signs that PDFs spell oddly: accents beside their letter, quotation marks in two parts, and codes without meaning."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import re
import unicodedata

from jobs.engines.layout_passes.symbols import named

_COMBINING = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "˚": "\u030a"}
# TeX's old fonts have no accented letters. A grave accent is one within a word only, else it is a quotation mark.
_ACCENT = re.compile(r"([´¨ˆ˜ˇ˚]|(?<=[^\W\d_])`) ?([A-Za-zı])")
# Codes of fonts that don't say what they mean.
_CONTROLS = dict.fromkeys([*range(9), *range(14, 32), *range(127, 160)], "\ufffd")
_QUOTES = (("‘‘", "“"), ("’’", "”"), ("``", "“"))


def spelt(text: str, font: str = "") -> str:
    """The text of a span as a reader would type it."""
    text = named(text, font)
    if text.isascii() and text.isprintable() and "`" not in text:
        return text
    text = text.translate(_CONTROLS)
    for odd, plain in _QUOTES:
        text = text.replace(odd, plain)
    return _ACCENT.sub(_accented, text)


def _accented(found: re.Match[str]) -> str:
    letter = "i" if found[2] == "ı" else found[2]
    joined = unicodedata.normalize("NFC", letter + _COMBINING[found[1]])
    return joined if len(joined) == 1 else found[0]
