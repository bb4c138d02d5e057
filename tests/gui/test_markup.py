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


@pytest.mark.parametrize("file", [*TEMPLATES, *SCRIPTS, *STATIC.glob("*.css")], ids=name)
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
        assert {part.strip() for part in names.split(",")} <= exported(STATIC / file), file


def exported(script: Path) -> set[str]:
    """The names that a script gives to others."""
    text = script.read_text()
    together = re.findall(r"^export const \{([^}]+)\}", text, re.MULTILINE)
    alone = re.findall(r"^export (?:async )?(?:function|const|class) (\w+)", text, re.MULTILINE)
    return {*alone, *(part.strip() for names in together for part in names.split(","))}


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_it_never_makes_markup_out_of_text(script: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script.read_text())


def test_it_takes_markup_from_the_server_in_one_place() -> None:
    makers = r"DOMParser|createContextualFragment|setHTML|srcdoc"
    assert [script.name for script in SCRIPTS if re.search(makers, script.read_text())] == ["fragment.js"]


@pytest.mark.parametrize("sheet", sorted(STATIC.glob("*.css")), ids=name)
def test_it_has_no_rule_for_what_is_not_there(sheet: Path) -> None:
    if sheet.name == "admin.css":
        return  # most of what it is for is Django's
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    named = set(re.findall(r"[.#]([A-Za-z_][\w-]*)", " ".join(re.findall(r"([^{}]+)\{", rules))))
    assert sorted(named - names_used()) == []


def names_used() -> set[str]:
    """The classes and ids in templates, and the words in strings of scripts that may be some."""
    marked = (found for file in TEMPLATES for found in re.findall(r'\b(?:class|id)="([^"]*)"', file.read_text()))
    strings = (found for file in SCRIPTS for found in re.findall(r'"([^"\n]*)"|`([^`]*)`', file.read_text()))
    # A sentence is none of them.
    scripted = (text for pair in strings for text in pair if not re.search(r"[a-z] [a-z]+ [a-z]+ ", text))
    return {word for text in (*marked, *scripted) for word in re.findall(r"[A-Za-z_][\w-]*", text)}
