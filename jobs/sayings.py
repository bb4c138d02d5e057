"""What the server says to people, in their language.

Sentences are made and kept in English, wherever they come from: a sandbox, a worker, years ago. They are put into the
reader's language when they are shown, by the patterns in `locale/*/sayings.po`.
"""

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from babel.messages.pofile import read_po
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from jobs.translations import SOURCES

ENGLISH = "en"
STATES = {
    "pending": _("Waiting"),
    "processing": _("Converting"),
    "completed": _("Completed"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
}
"""How people are told the states of jobs."""
FOR_PEOPLE = frozenset(("title", "detail", "error", "warnings", "waiting", "purge_reason", "reason", "disabled_reason"))
"""The fields of documents in which sentences are."""

# Nothing that we say is longer, and what a PDF or a receiver says must not keep us busy.
_LONGEST = 2000
# A pattern that begins with a place and has so few letters of its own would fit anything: only numbers stand in it.
_FEW_LETTERS = 9
_PLACE = re.compile(r"\{\d\}")

Pattern = tuple[re.Pattern[str], str]


def said(sentence: str) -> str:
    """`sentence` in the language of the request; as it is where there is no pattern for it."""
    return in_language(language(), sentence)


def language() -> str:
    """The language of the request: ENGLISH outside of any."""
    return (get_language() or ENGLISH).partition("-")[0]


def told(document: Any) -> Any:
    """A copy of `document` (JSON) with what is for people in the language of the request."""
    return document if language() == ENGLISH else _told(document)


def told_text(text: str) -> str:
    """The same with a document that is written as text already."""
    return text if language() == ENGLISH else json.dumps(_told(json.loads(text)), ensure_ascii=False)


@lru_cache(maxsize=1000)
def in_language(code: str, sentence: str) -> str:
    exact, patterns = _catalog(code)
    if found := exact.get(sentence):
        return found
    if len(sentence) > _LONGEST:
        return sentence
    matches = ((pattern.fullmatch(sentence), form) for pattern, form in patterns)
    return next((_filled(code, form, match) for match, form in matches if match), sentence)


class _Part(str):
    """What is filled in: `{1}` as it is, `{1:said}` in the language of `code`."""

    code: str

    def __format__(self, how: str) -> str:
        return in_language(self.code, str(self)) if how == "said" else str(self)


def _filled(code: str, form: str, match: re.Match[str]) -> str:
    parts = [_Part(part) for part in match.groups()]
    for part in parts:
        part.code = code
    return form.format("", *parts)


@cache
def _catalog(code: str) -> tuple[Mapping[str, str], list[Pattern]]:
    """The sentences without places, and the patterns, first those that say most themselves."""
    source = SOURCES / code / "sayings.po"
    if not source.exists():
        return {}, []
    with source.open("rb") as file:
        texts = {str(each.id): str(each.string) for each in read_po(file, locale=code) if each.id}
    formed = sorted((text for text in texts if _PLACE.search(text)), key=_own_letters, reverse=True)
    exact = {text: form for text, form in texts.items() if not _PLACE.search(text)}
    return exact, [(_pattern(text), texts[text]) for text in formed]


def _own_letters(text: str) -> int:
    return len(_PLACE.sub("", text))


def _pattern(text: str) -> re.Pattern[str]:
    is_open = text.startswith("{") and _own_letters(text) < _FEW_LETTERS
    place = r"([\d.,]+)" if is_open else "(.*?)"
    return re.compile(place.join(map(re.escape, _PLACE.split(text))), re.DOTALL)


def _told(document: Any) -> Any:
    if isinstance(document, dict):
        return {name: _words(value) if name in FOR_PEOPLE else _told(value) for name, value in document.items()}
    if isinstance(document, list):
        return [_told(each) for each in document]
    return document


def _words(value: Any) -> Any:
    if isinstance(value, str):
        return said(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [said(each) for each in value]
    return _told(value)
