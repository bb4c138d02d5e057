"""Finds words in the pages of a job, as its readers see them: across line ends, and whatever is bold or linked."""

import re
from dataclasses import dataclass, field

from jobs.models import Job, Page

MOST_LETTERS = 200
_MOST_PAGES = 500  # that are told of; the rest is counted
_SNIPPETS = 2  # of a page
_AROUND = 60  # letters before and after
_PAGES_AT_ONCE = 50

_PICTURE_OR_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_LINE_START = re.compile(r"^[ >]*(?:#{1,6} |[-*+] |```.*$)?", re.MULTILINE)
_TABLE_RULE = re.compile(r"^\|[|: -]+$", re.MULTILINE)
_MARKUP = re.compile(r"\\(?=[^\w\s])|[*`~|]+|(?<!\w)_+|_+(?!\w)")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Snippet:
    """`match` as the page has it, and some words around it."""

    before: str
    match: str
    after: str


@dataclass(frozen=True)
class PageMatches:
    number: int
    matches: int
    snippets: list[Snippet]


@dataclass
class Found:
    """`matches` on `pages_found` pages; `pages` are the first of these, `truncated` says that there are more."""

    matches: int = 0
    pages_found: int = 0
    truncated: bool = False
    pages: list[PageMatches] = field(default_factory=list)


def found(job: Job, words: list[str]) -> Found:
    """Where `words` stand one after the other in the finished pages of `job`; capital letters are as small ones."""
    pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    result = Found()
    rows = job.pages.filter(status=Page.Status.DONE).order_by("number").values_list("number", "markdown")
    for number, markdown in rows.iterator(chunk_size=_PAGES_AT_ONCE):
        text = readable(markdown)
        places = [place.span() for place in pattern.finditer(text)]
        if places:
            _add(result, number, text, places)
    return result


def readable(markdown: str) -> str:
    """The words of `markdown` without its marks: roughly, but so fast that a thousand pages take no second."""
    text = _PICTURE_OR_LINK.sub(r"\1", markdown)
    text = _TAG.sub(" ", _LINE_START.sub("", _TABLE_RULE.sub("", text)))
    return _BLANKS.sub(" ", _MARKUP.sub("", text.replace("|", " "))).strip()


def _add(result: Found, number: int, text: str, places: list[tuple[int, int]]) -> None:
    result.matches += len(places)
    result.pages_found += 1
    if len(result.pages) == _MOST_PAGES:
        result.truncated = True
        return
    snippets = [_snippet(text, start, end) for start, end in places[:_SNIPPETS]]
    result.pages.append(PageMatches(number, len(places), snippets))


def _snippet(text: str, start: int, end: int) -> Snippet:
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    # Not in the middle of a word, where there is one to begin or end at.
    if start > _AROUND and " " in before:
        before = "… " + before.partition(" ")[2]
    if end + _AROUND < len(text) and " " in after:
        after = after.rpartition(" ")[0] + " …"
    return Snippet(before, text[start:end], after)
