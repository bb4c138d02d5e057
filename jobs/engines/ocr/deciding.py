"""Which pages must be read as pictures."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ENOUGH = 40  # letters and digits; a page with fewer says nothing that a picture of it would not say better
_MORE = 1.5  # times as many letters as a short text layer has make a reading better
_COVERED = 0.6  # share of the page that pictures cover where its text may be a scanner's guess
_PLAIN_WORD = re.compile(r"""^["'“‘(\[]*(?:[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,:/%-]*)["'”’)\].,;:!?-]*$""")
_BROKEN = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Look:
    """What a page is made of. `text` is its text layer, `pictures` the share of the page that pictures cover,
    `drawings` how many vector drawings there are (letters drawn as outlines come in hundreds)."""

    text: str
    pictures: float
    drawings: int


def wanted(look: Look, options: Mapping[str, Any]) -> bool:
    """Whether the page is to be read. The option `ocr` is auto, always or never."""
    mode = options.get("ocr", "auto")
    if mode in ("always", "never"):
        return bool(mode == "always")
    if _letters(look.text) < _ENOUGH:
        return look.pictures > 0 or look.drawings > _letters(look.text)
    return is_broken(look.text) or (look.pictures > _COVERED and is_garbage(look.text))


def is_better(read: str, look: Look, options: Mapping[str, Any]) -> bool:
    """Whether what was read is to take the place of the page's own text: not where a title page has a good one."""
    if not _letters(read):
        return False
    if options.get("ocr") == "always" or is_broken(look.text) or is_garbage(look.text):
        return True
    return _letters(read) > _MORE * _letters(look.text)


def _letters(text: str) -> int:
    return sum(sign.isalnum() for sign in text)


def is_broken(text: str) -> bool:
    """Whether the font's letters have no names: signs that stand for nothing in place of letters."""
    signs = "".join(text.split())
    return len(_BROKEN.findall(signs)) > 0.2 * len(signs)


def is_garbage(text: str) -> bool:
    """Whether a scanner's text layer is guesswork: most of its tokens are no words."""
    tokens = text.split()
    words = [token for token in tokens if _PLAIN_WORD.match(token)]
    return len(words) < 0.6 * len(tokens)
