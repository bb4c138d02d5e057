"""Text of lines as running text: words that a line break cuts are joined, others get a space."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import re

_CUT = re.compile(r"[^\W\d_]{2,}[-‐]$")
_COMPOUND = re.compile(r"\b\w+-\w+[-‐]$")
_NEXT = re.compile(r"^[a-zà-öø-ÿ\u0430-\u044f]")


def is_cut(before: str, after: str) -> bool:
    """Whether `before` ends within a word that `after` goes on with."""
    return bool(_CUT.search(before) and _NEXT.match(after) and not _COMPOUND.search(before))


def joined(before: str, after: str) -> str:
    """Two lines of one paragraph as one text."""
    before, after = before.rstrip(), after.lstrip()
    if not before or not after:
        return before + after
    if is_cut(before, after):
        return before[:-1] + after
    if before[-1] in "-‐" and after[0].isalnum() and before[-2:-1].isalnum():
        return before + after
    return f"{before} {after}"
