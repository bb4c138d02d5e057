"""Words that a line's end cuts in two."""

import re
from collections.abc import Sequence

from jobs.engines.fast_rules.pieces import Line, Run

# Scripts without spaces between words: Chinese and Japanese with their punctuation.
_IDEOGRAPHS = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_SOFT = "\u00ad"
# After these a hyphen is nearly always part of the word: "self-esteem", "non-thermal".
_KEPT = frozenset({"self", "non", "well", "so", "half", "high", "low", "long", "short", "two", "three", "one", "multi"})


def flowing(lines: Sequence[Line]) -> list[Run]:
    """The runs of a paragraph's lines, one after the other, hyphenated words joined."""
    runs: list[Run] = []
    for line in lines:
        if runs:
            runs[-1] = _before(runs[-1], line.runs[0])
        runs.extend(line.runs)
    return runs


def _before(last: Run, first: Run) -> Run:
    """The last run of a line as it stands before the next line's first one."""
    end = joint(last.text, first.text)
    if end is not None:
        return last._replace(text=end)
    apart = last.text.endswith(" ") or first.text.startswith(" ")
    return last if apart else last._replace(text=last.text + " ")


def joint(before: str, after: str) -> str | None:
    """`before` as it goes on right into `after`, without its hyphen where that only marks the line's end; None when
    a space belongs between."""
    before = before.rstrip()
    if _IDEOGRAPHS.match(before[-1:]) and _IDEOGRAPHS.match(after[:1]):
        return before
    if before.endswith(_SOFT):
        return before.rstrip(_SOFT)
    if not before.endswith(("-", "\u2010")) or len(before) < 2 or not before[-2].isalpha():  # noqa: PLR2004
        return None
    word = before[:-1].split()[-1].lower().strip("(\"'\u201c\u2018")
    if after[:1].islower() and word not in _KEPT and "-" not in word:
        return before[:-1]
    return before
