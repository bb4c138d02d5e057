"""The texts of the browser app: each has its German one."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from jobs.translations import SOURCES
from tests.server import ROOT

# babel's keywords for functions, whose first arguments are the texts
FUNCTIONS: dict[str, tuple[int, ...] | None] = {
    **dict.fromkeys(("gettext", "_", "gettext_lazy")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "jobs" / "static" / "jobs").glob("*.js"))
PYTHON = sorted((ROOT / "jobs").rglob("*.py"))


def catalog(domain: str) -> Catalog:
    with (SOURCES / "de" / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="de")


def found(language: str, source: str) -> Iterator[str]:
    """The texts in a piece of code; of two numbers the singular."""
    for _, message, _, _ in extract(language, io.BytesIO(source.encode()), FUNCTIONS):
        yield message if isinstance(message, str) else message[0]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_it_has_the_texts_of_templates(template: Path) -> None:
    source = template.read_text()
    code = re.sub(r"^\s+", "", templatize(source), flags=re.MULTILINE)  # indented by the markup, not as Python is
    missing = [text for text in found("python", code) if text not in catalog("django")]
    assert missing == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_it_has_the_texts_of_code(domain: str) -> None:
    language, paths = ("python", PYTHON) if domain == "django" else ("javascript", SCRIPTS)
    german = catalog(domain)
    missing = {text for path in paths for text in found(language, path.read_text()) if text not in german}
    assert missing == set()


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_it_translates_all_of_them(domain: str) -> None:
    texts = [message for message in catalog(domain) if message.id]
    assert texts
    assert [message.id for message in texts if message.fuzzy or not all(_strings(message))] == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_it_keeps_what_is_filled_in(domain: str) -> None:
    for message in catalog(domain):
        wanted = _places(message.id if isinstance(message.id, str) else message.id[1])
        assert {frozenset(_places(text)) for text in _strings(message)} == {frozenset(wanted)}, message.id


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def _places(text: str) -> set[str]:
    return set(re.findall(r"%(?:\(\w+\))?s", text))
