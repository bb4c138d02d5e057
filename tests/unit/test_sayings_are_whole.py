"""What the server says to people is there in German, whichever part of the code says it.

The sentences are found by what they look like: those in f-strings with {1}, {2} … for what is filled in.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from jobs.translations import SOURCES
from tests.server import ROOT

# What operators read, in logs, commands and metrics; the description of the API; what goes to a vision model.
FOR_OTHERS = (
    "admin/__init__.py",
    "api/schema",
    "apps.py",
    "checks.py",
    "client",
    "engines/vision/presets.py",
    "management",
    "metrics.py",
    "object_store.py",
    "migrations",
    "readiness.py",
    "service_checks.py",
    "services/batch",
    "services/diagnosis.py",
    "services/symptoms.py",
    "supervision",
)
TRANSLATED_ALREADY = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
SENTENCE = re.compile(r"""["'`]?[A-Z{][^<>]* [^<>]*[.!?]["']?|[A-Z{][^<>.]* [^<>]*: \{\d\}""", re.DOTALL)
# Reasons that are part of a sentence.
REASONS = {"services/retention.py": re.compile(r"(not|more|the) .* .*"), "errors.py": re.compile(r"[A-Z][^.=]* [^=]*")}


@cache
def german() -> dict[str, str]:
    with (SOURCES / "de" / "sayings.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, locale="de") if each.id}


def sentences() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "jobs").rglob("*.py")):
        name = str(path.relative_to(ROOT / "jobs"))
        if not name.startswith(FOR_OTHERS):
            reasons = REASONS.get(name)
            for text in texts(ast.parse(path.read_text())):
                if SENTENCE.fullmatch(text) or (reasons and reasons.fullmatch(text)):
                    yield name, text


def texts(node: ast.AST) -> Iterator[str]:
    """The strings in a piece of code that are for people: no docstrings, no log lines, nothing that is marked."""
    for child in ast.iter_child_nodes(node):
        if is_docstring(child) or is_for_others(child):
            continue
        text = template(child)
        if text is not None:
            yield text
        parts = child.values if isinstance(child, ast.JoinedStr) else [child]
        for part in parts:
            yield from texts(part)


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_for_others(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg == "help_text"
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return isinstance(node.func.value, ast.Name) and node.func.value.id == "logger"
    return isinstance(node.func, ast.Name) and node.func.id in TRANSLATED_ALREADY


def template(node: ast.AST) -> str | None:
    """The text of a string or f-string, what is filled in as {1}, {2} …"""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    text, places = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            places += 1
            text += f"{{{places}}}"
    return text


def test_it_has_each_sentence_in_german() -> None:
    missing = sorted({(name, text) for name, text in sentences() if text not in german()})
    assert missing == [], "Put these into jobs/locale/de/sayings.po."


def test_it_has_no_sentence_that_nobody_says() -> None:
    said = {text for _, text in sentences()}
    assert [text for text in german() if SENTENCE.fullmatch(text) and text not in said] == []


def test_it_keeps_what_is_filled_in() -> None:
    for english, translated in german().items():
        assert translated, english
        places = set(re.findall(r"\{(\d)(?::said)?\}", translated))
        assert places == set(re.findall(r"\{(\d)\}", english)), english


def test_it_finds_sentences() -> None:
    lines = ['"""Not this."""', 'logger.info("Nor this one.")', 'raise Problem(f"But {this} {that()}.", "So.")']
    code = "\n".join(lines)
    assert [text for text in texts(ast.parse(code)) if SENTENCE.fullmatch(text)] == ["But {1} {2}."]


def test_it_looks_everywhere() -> None:
    assert len({Path(name).parts[0] for name, _ in sentences()}) > 10
