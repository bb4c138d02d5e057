"""Which lines are headings, and of which level."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from jobs.engines.fast_rules.pieces import Line

_BIGGER = 1.12  # times the body's size
_TITLE = 1.4  # times the body's size: so big even a sentence is a title
_SENTENCE = 70  # letters
_LONGEST = 220
_LONGEST_BOLD = 110
_LINES = 4
_LEVELS = 6
_LETTER = re.compile(r"[^\W\d_]")
_CAPTION = re.compile(r"^(?:table|figure|fig\.|listing|example|note|abb\.|tabelle)\b[\s.:]", re.I)
_PLAIN_ENDS = (".", ",", ";", ":")
_NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+\S")


@dataclass(slots=True)
class Looks:
    """What is usual in the document: the body's size, whether it is bold, and the bigger sizes, largest first."""

    body: float = 10.0
    bold: bool = False
    sizes: list[float] = field(default_factory=list)
    bookmarks: dict[str, int] = field(default_factory=dict)  # folded title -> level


def folded(text: str) -> str:
    """Text without what differs between a bookmark and its heading."""
    return re.sub(r"[\W_]+", "", text).casefold()


def level(lines: Sequence[Line], looks: Looks) -> int | None:
    """1 to 6 when the paragraph is a heading, else None."""
    text = " ".join(line.text for line in lines)
    if len(lines) > _LINES or len(text) > _LONGEST or not _LETTER.search(text):
        return None
    marked = looks.bookmarks.get(folded(text))
    if marked is not None and not text.rstrip().endswith(","):
        return min(marked, _LEVELS)
    size = min(line.size for line in lines)
    if size >= _BIGGER * looks.body and not _is_sentence(text, size, looks):
        return _by_size(size, looks) if len(_LETTER.findall(text)) > 1 else None
    if _is_bold_title(lines, text, size, looks):
        return min(len(looks.sizes) + 1 + _depth(text), _LEVELS)
    return None


def _is_sentence(text: str, size: float, looks: Looks) -> bool:
    """Whether the text is only printed a little bigger, as a summary is."""
    return size < _TITLE * looks.body and len(text) > _SENTENCE and text.rstrip().endswith(_PLAIN_ENDS)


def _by_size(size: float, looks: Looks) -> int:
    rank = 1 + sum(other > 1.06 * size for other in looks.sizes)
    ratio = size / looks.body
    most = 2 if ratio >= 1.6 else 3 if ratio >= 1.35 else 4  # noqa: PLR2004 (a title stays one in a book of posters)
    return min(rank, most)


def _is_bold_title(lines: Sequence[Line], text: str, size: float, looks: Looks) -> bool:
    if looks.bold or not all(line.bold for line in lines) or text[:1].islower():
        return False
    if len(text) > _LONGEST_BOLD or size < 0.95 * looks.body or _CAPTION.match(text):
        return False
    return not text.rstrip().endswith(_PLAIN_ENDS) or bool(_NUMBERED.match(text))


def _depth(text: str) -> int:
    """How much deeper a numbered title of the body's size lies: "2.1.3 …" below "2.1 …"."""
    number = _NUMBERED.match(text)
    return number[1].count(".") if number else 0
