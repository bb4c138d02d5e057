"""What holds for all templates and scripts: fit for a strict content security policy, and nothing is missing."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "jobs" / "static" / "jobs"
TEMPLATES = sorted((ROOT / "templates" / "jobs").glob("*.html"))
SCRIPTS = sorted(STATIC.glob("*.js"))


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_it_has_nothing_inline(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("file", [*TEMPLATES, *SCRIPTS, STATIC / "app.css"], ids=name)
def test_it_asks_no_other_host(file: Path) -> None:
    assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]|@import", file.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_it_escapes_all_that_it_shows(template: Path) -> None:
    assert not re.search(r"\|\s*safe|autoescape", template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_it_finds_its_static_files(template: Path) -> None:
    for file in re.findall(r"{% static 'jobs/([^']+)' %}", template.read_text()):
        assert (STATIC / file).exists(), file


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_it_finds_what_it_imports(script: Path) -> None:
    for names, file in re.findall(r'^import \{([^}]+)\} from "\./([^"]+)";', script.read_text(), re.MULTILINE):
        exported = set(
            re.findall(r"^export (?:async )?(?:function|const|class) (\w+)", (STATIC / file).read_text(), re.M)
        )
        assert {part.strip() for part in names.split(",")} <= exported, file


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_it_never_makes_markup_out_of_text(script: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script.read_text())
