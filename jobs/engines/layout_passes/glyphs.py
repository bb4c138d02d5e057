"""Signs that PDFs spell oddly: accents beside their letter, private characters, ligatures."""

# ruff: noqa: RUF001, RUF002 (signs that look like others are what this is about)

import re
import unicodedata

from jobs.engines.layout_passes import symbols

# TeX sets an accent as a sign of its own before or after the letter (OT1 fonts have no accented letters).
_COMBINING = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "˚": "\u030a"}
_BEFORE = re.compile(r"([´`¨ˆ˜ˇ˚]) ?([A-Za-zı])")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_LEADER = re.compile(r" *(?:[.\u2026·] ?){6,}| *_{6,} *")  # dots between a title and its page, blanks to fill in
_QUOTES = (("‘‘", "“"), ("’’", "”"), ("``", "“"))


def cleaned(text: str, font: str = "") -> str:
    """The text as a reader would type it."""
    text = symbols.named(text, font).translate(_LIGATURES).replace("\u00a0", " ").replace("\u00ad", "-")
    text = _LEADER.sub(" \u2026 ", text)
    for odd, plain in _QUOTES:
        text = text.replace(odd, plain)
    return text if text.isascii() else accented("".join(filter(_says_something, text)))


def _says_something(sign: str) -> bool:
    """Whether a sign is neither private nor a control."""
    return sign == "\n" or unicodedata.category(sign) not in ("Co", "Cc")


def accented(text: str) -> str:
    """Join accents to the letters they stand before: "J´an" is "Ján"."""
    return _BEFORE.sub(_with_accent, text)


def _with_accent(found: re.Match[str]) -> str:
    letter = "i" if found[2] == "ı" else found[2]
    joined = unicodedata.normalize("NFC", letter + _COMBINING[found[1]])
    return joined if len(joined) == 1 else found[0]
