"""The admin's own templates are fit for a strict content security policy."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates" / "admin").rglob("*.html"))
STYLES = ROOT / "jobs" / "static" / "jobs" / "admin.css"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_it_has_nothing_inline(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script", text)
    assert not re.search(r"\|\s*safe\b|autoescape", text)


@pytest.mark.parametrize("file", [*TEMPLATES, STYLES], ids=lambda path: path.name)
def test_it_asks_no_other_host(file: Path) -> None:
    assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]|@import", file.read_text())
