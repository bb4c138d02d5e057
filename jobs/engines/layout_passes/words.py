"""Text of lines as running text: words that a line break cuts are joined, others get a space."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import re

_CUT = re.compile(r"[^\W\d_]{2,}[-‐]$")
_COMPOUND = re.compile(r"\b\w+-\w+[-‐]$")
# After these a hyphen is nearly always part of the word, "self-esteem", unless but an ending follows: "high-er".
_PREFIXES = frozenset({"self", "non", "well", "half", "high", "low", "long", "short", "two", "three", "one", "multi"})
_ENDINGS = re.compile(
    r"(?:ers?|est|ly|en|ened|ening|ens|ness|ish|ing|ages?|ple|ples|pl[iy]\w*|sense|self|some|hand|cut|fall|comings?)\b"
)
# Scripts without spaces between words: Chinese and Japanese with their punctuation.
_UNSPACED = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
# Names of signals and parts, "OUT1L-" and "OUT1R+": the minus is their own, and no word goes on after it.
_NAMED = re.compile(r"[^\W\d_]\w*\d\w*|\d\w*[^\W\d_]\w*")
_LISTED, _FEWEST = re.compile(r"\w,(?=\w)"), 3
_NEXT = re.compile(r"^[a-zà-öø-ÿ\u0430-\u044f]")


def is_cut(before: str, after: str) -> bool:
    """Whether `before` ends within a word that `after` goes on with."""
    found = _CUT.search(before)
    if not found or not _NEXT.match(after) or _COMPOUND.search(before):
        return False
    return not is_compound(found[0][:-1].lower(), after)


def is_compound(left: str, right: str) -> bool:
    """Whether the hyphen between two halves of a word, in small letters, is the word's own."""
    if left == "so":
        return right.startswith("called")
    return left in _PREFIXES and not _ENDINGS.match(right)


def is_tight(before: str, after: str) -> bool:
    """Whether no space belongs between two lines of one paragraph, of which the first keeps its last sign."""
    if not before or not after:
        return False
    if is_unspaced(before[-1]) and is_unspaced(after[0]):
        return True
    hyphened = before[-1] in "-‐" and before[-2:-1].isalnum() and after[0].isalnum()
    return hyphened and not are_names(before[:-1].rsplit(maxsplit=1)[-1], after.split(maxsplit=1)[0])


def is_unspaced(sign: str) -> bool:
    return bool(_UNSPACED.match(sign))


def are_names(before: str, after: str) -> bool:
    """Whether both words are letters and figures: two names, of which the first may end in a minus."""
    return bool(_NAMED.match(before) and _NAMED.match(after))


def joined(before: str, after: str) -> str:
    """Two lines of one paragraph as one text."""
    before, after = before.rstrip(), after.lstrip()
    if not before or not after:
        return before + after
    if is_cut(before, after):
        return before[:-1] + after
    return before + after if is_tight(before, after) else f"{before} {after}"


def is_broken_list(text: str) -> bool:
    """Whether the lines of a table's cell are a list without spaces, "R1,R2,R13", broken wherever the cell is full."""
    return "\n" in text and " " not in text and len(_LISTED.findall(text)) >= _FEWEST
