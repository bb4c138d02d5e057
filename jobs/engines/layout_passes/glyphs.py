"""Signs that PDFs spell oddly: accents beside their letter, symbol fonts, private characters, ligatures."""

# ruff: noqa: RUF001, RUF002 (signs that look like others are what this is about)

import re
import unicodedata

# TeX sets an accent as a sign of its own before or after the letter (OT1 fonts have no accented letters).
_COMBINING = {"´": "\u0301", "`": "\u0300", "¨": "\u0308", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "˚": "\u030a"}
_BEFORE = re.compile(r"([´`¨ˆ˜ˇ˚]) ?([A-Za-zı])")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_LEADER = re.compile(r" *(?:[.\u2026·] ?){6,}| *_{6,} *")  # dots between a title and its page, blanks to fill in
_QUOTES = (("‘‘", "“"), ("’’", "”"), ("``", "“"))
# Bullets and arrows of the fonts Symbol and Wingdings, which PDFs put at U+F000 + code.
_PRIVATE = {
    0xF0B7: "•", 0xF0A7: "▪", 0xF06E: "■", 0xF06F: "□", 0xF071: "❑", 0xF075: "◆", 0xF076: "❖", 0xF0D8: "➢",
    0xF0E0: "→", 0xF0FC: "✓", 0xF0FE: "☑", 0xF0A8: "◻", 0xF06C: "●", 0xF0A3: "≤", 0xF0B3: "≥", 0xF0B1: "±",
    0xF0B0: "°", 0xF0B4: "×", 0xF061: "α", 0xF062: "β", 0xF067: "γ", 0xF064: "δ", 0xF06D: "μ", 0xF070: "π",
    0xF044: "Δ", 0xF057: "Ω", 0xF0AE: "→", 0xF02D: "−", 0xF02B: "+", 0xF03D: "=",
}  # fmt: skip


def cleaned(text: str, font: str = "") -> str:
    """The text as a reader would type it."""
    text = text.translate(_LIGATURES).replace("\u00a0", " ").replace("\u00ad", "-")
    text = _LEADER.sub(" \u2026 ", text)
    for odd, plain in _QUOTES:
        text = text.replace(odd, plain)
    return accented("".join(_named(sign) for sign in text)) if not text.isascii() else text


def _named(sign: str) -> str:
    """Private characters in words where they are known; others say nothing and go."""
    kind = unicodedata.category(sign)
    return _PRIVATE.get(ord(sign), "") if kind == "Co" else "" if kind == "Cc" and sign != "\n" else sign


def accented(text: str) -> str:
    """Join accents to the letters they stand before: "J´an" is "Ján"."""
    return _BEFORE.sub(_with_accent, text)


def _with_accent(found: re.Match[str]) -> str:
    letter = "i" if found[2] == "ı" else found[2]
    joined = unicodedata.normalize("NFC", letter + _COMBINING[found[1]])
    return joined if len(joined) == 1 else found[0]
