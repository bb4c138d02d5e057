"""The texts in other languages: written as .po files, and made into what Django reads when the web server starts."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

SOURCES = Path(__file__).resolve().parent / "locale"


def compile_messages() -> None:
    """Write the catalogs in settings.LOCALE_PATHS anew, those that are older than their source. Safe to run at once in
    several processes."""
    for source in SOURCES.glob("*/LC_MESSAGES/*.po"):
        target = Path(settings.LOCALE_PATHS[0]) / source.relative_to(SOURCES).with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parts[-3])
    with NamedTemporaryFile(dir=target.parent, delete=False) as made:
        write_mo(made, catalog)
    os.replace(made.name, target)
