"""Fonts whose letters are signs: Symbol, Wingdings, and TeX's big operators."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

from collections.abc import Iterable, Mapping
from typing import Any

_PRIVATE = 0xF000  # where PDFs put the codes of such fonts

# Adobe's encoding of Symbol; of brackets set in pieces only the first piece is written.
_SYMBOL = dict(
    enumerate(
        "!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼", 0x21
    )
) | dict(
    enumerate("ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑(", 0xA1)
) | {0xE9: "[", 0xEC: "{", 0xF1: "⟩", 0xF2: "∫", 0xF3: "∫", 0xF6: ")", 0xF9: "]", 0xFC: "}"}  # fmt: skip

_WINGDINGS = {
    0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x46: "☞", 0x4A: "☺", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "❐",
    0x71: "❑", 0x72: "❒", 0x73: "⬧", 0x74: "⧫", 0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x9F: "•", 0xA1: "○", 0xA7: "▪",
    0xA8: "◻", 0xB7: "•", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗",
    0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
# Adobe's corporate use area, of fonts that know no better: signs with and without serifs, and brackets in pieces, of
# which again only the first is written.
_CORPORATE = dict(zip(range(0xF6D9, 0xF6DC), "©®™", strict=True)) | dict(
    enumerate(
        ["®", "©", "™", "(", "", "", "[", "", "", "{", "", "", "", "", ")", "", "", "]", "", "", "}", "", ""], 0xF8E8
    )
)
_UNKNOWN = "▪"  # a pictogram; most of them are bullets

# Knuth's cmex10: delimiters of several heights, operators of two.
_DELIMITERS = {code: sign for start in (0x00, 0x12, 0x20) for code, sign in enumerate("()[]⌊⌋⌈⌉{}⟨⟩", start)}
_OPERATORS = dict(enumerate("⊔⊔∮∮⊙⊙⊕⊕⊗⊗∑∏∫⋃⋂⊎⋀⋁∑∏∫⋃⋂⊎⋀⋁∐∐", 0x46)) | dict.fromkeys(range(0x70, 0x74), "√")
_CMEX = _DELIMITERS | _OPERATORS | {0x0C: "|", 0x0D: "‖", 0x10: "(", 0x11: ")", 0x68: "[", 0x69: "]"}

Blocks = Iterable[Mapping[str, Any]]


def named(text: str, font: str) -> str:
    """The text with the signs of symbol fonts as what they look like; private codes of other fonts are Wingdings' where
    it has something common, else Symbol's."""
    font = font.lower().replace(" ", "").replace("-", "")
    if "wingdings" in font and "wingdings2" not in font:
        return "".join(map(_pictogram, text))
    if text.isascii():
        return text
    table = _SYMBOL if "symbol" in font else _SYMBOL | _WINGDINGS
    text = text.translate(_CORPORATE)
    return "".join(table.get(ord(sign) - _PRIVATE, sign) if _is_private(sign) else sign for sign in text)


def _pictogram(sign: str) -> str:
    """What a code of Wingdings shows, private or as the letter of that code; what has a name of its own keeps it."""
    is_code = sign.strip() and (ord(sign) <= 0xFF or _is_private(sign))  # noqa: PLR2004
    return _WINGDINGS.get(ord(sign) % _PRIVATE, _UNKNOWN) if is_code else sign


def _is_private(sign: str) -> bool:
    return _PRIVATE < ord(sign) <= _PRIVATE + 0xFF


def lacks_operators(blocks: Blocks) -> bool:
    """Whether `page.get_text("dict")["blocks"]` have big operators that their font does not name."""
    return any(_is_big(span) and "\ufffd" in span["text"] for span in _spans(blocks))


def with_operators(blocks: Blocks, coded: Blocks) -> None:
    """Name them, by the same blocks taken with codes in place of what has no name."""
    for span, code in zip(_spans(blocks), _spans(coded), strict=False):
        if _is_big(span) and len(span["text"]) == len(code["text"]):
            pairs = zip(span["text"], code["text"], strict=True)
            span["text"] = "".join(_CMEX.get(ord(by), sign) if sign == "\ufffd" else sign for sign, by in pairs)


def _is_big(span: Mapping[str, Any]) -> bool:
    return "CMEX" in span["font"]


def _spans(blocks: Blocks) -> Iterable[Any]:
    return (span for block in blocks for line in block.get("lines", ()) for span in line["spans"])
