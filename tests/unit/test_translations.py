"""The texts in other languages."""

import gettext
import os
from pathlib import Path

import pytest
from pytest_django import Settings

from jobs import translations

SOURCE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "page"
msgstr "{}"
"""


@pytest.fixture
def source(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.LOCALE_PATHS = [tmp_path / "made"]
    monkeypatch.setattr(translations, "SOURCES", tmp_path / "written")
    source = tmp_path / "written" / "de" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    return source


def said(settings: Settings) -> str:
    return gettext.translation("django", settings.LOCALE_PATHS[0], ["de"]).gettext("page")


def test_it_makes_what_django_reads(source: Path, settings: Settings) -> None:
    source.write_text(SOURCE.format("Seite"))
    translations.compile_messages()
    assert said(settings) == "Seite"
    made = settings.LOCALE_PATHS[0] / "de" / "LC_MESSAGES"
    assert [path.name for path in made.iterdir()] == ["django.mo"]


def test_it_makes_anew_what_has_changed(source: Path, settings: Settings) -> None:
    made = settings.LOCALE_PATHS[0] / "de" / "LC_MESSAGES" / "django.mo"
    source.write_text(SOURCE.format("Seite"))
    translations.compile_messages()
    before = made.stat().st_mtime_ns
    translations.compile_messages()
    assert made.stat().st_mtime_ns == before
    source.write_text(SOURCE.format("Blatt"))
    os.utime(source, ns=(before + 10**9, before + 10**9))
    translations.compile_messages()
    assert b"Blatt" in made.read_bytes()
