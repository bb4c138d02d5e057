"""Words that a line's end cuts in two."""

from collections.abc import Sequence

from jobs.engines.fast_rules.pieces import Line, Run
from jobs.engines.layout_passes.words import are_names, is_compound, is_unspaced

_SOFT = "\u00ad"


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
    if before and after and is_unspaced(before[-1]) and is_unspaced(after[0]):
        return before
    if before.endswith(_SOFT):
        return before.rstrip(_SOFT)
    if not before.endswith(("-", "\u2010")) or len(before) < 2 or not before[-2].isalpha():  # noqa: PLR2004
        return None
    word = before[:-1].split()[-1].strip("(\"'\u201c\u2018")
    if after[:1].islower() and not is_compound(word.lower(), after) and "-" not in word:
        return before[:-1]
    return None if after.split() and are_names(word, after.split(maxsplit=1)[0]) else before
