"""Engines turn pages of PDFs into Markdown. They run in the sandbox, know no Django, and are chosen by name.

A new engine is one file with a class that keeps to `Engine`, and a line in `ENGINES`. `vision` is none of these: a
model elsewhere does it, and the sandbox has no network (see `jobs.engines.vision`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Protocol

ENGINES = {"layout": "jobs.engines.layout", "fast": "jobs.engines.fast", "auto": "jobs.engines.auto"}
VISION = "vision"
NAMES = (*ENGINES, VISION)
DEFAULT = "layout"

NO_TEXT = "none"
"""The `source` of a page that gave no text."""

# A picture's file name: page and number on the page, always of one length, so that the name of an equal picture of
# another page can stand in its place without moving what follows.
PICTURE_NAME = "page-{:05d}-{:02d}.png"


@dataclass(frozen=True)
class Picture:
    """A part of the page cut out, as a file that Markdown refers to as `images/{name}`; `data` is base64 (the sandbox
    answers in JSON). Lengths in pixels."""

    name: str
    data: str
    width: int
    height: int


@dataclass(frozen=True)
class Markdown:
    """One converted page.

    `warnings` are sentences for people: what was left out or could not be done. `source` says where the text is from:
    text, ocr, mixed, vision, or none where there is none; then the last warning says so, unless the page is blank.
    `seams` is what `joining` must know of the page; JSON, small.

    `blocks` are the parts of the page in reading order, JSON: `type` (heading, text, list, code, table, picture,
    formula, caption, footnote, header, footer), `text` (plain), `bbox` ([left, top, right, bottom] in points from the
    frame's top left), `at` and `to` (where its Markdown stands in `text`, letters, end excluded); a heading's `level`
    (1-6), a list item's `level` (from 0), a table's `cells` (rows of {"text", "rows", "columns", "head"}; a cell that
    spans stands once, at its top left), a picture's `image` (file name). `frame` is `width` and `height` in points of
    the page as people see it, and `turned`, the degrees clockwise by which a scan was turned to be upright: the boxes
    are in the turned frame.

    `pictures` are there when the option `images` is on. `usage` counts a model's tokens: prompt_tokens,
    completion_tokens.
    """

    text: str
    warnings: list[str] = field(default_factory=list)
    source: str = "text"
    seams: dict[str, Any] = field(default_factory=dict)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    frame: dict[str, float] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    usage: dict[str, int] = field(default_factory=dict)


class Document(Protocol):
    """An opened PDF."""

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        """Convert page `number` (1-based)."""

    def close(self) -> None: ...


class Engine(Protocol):
    """What a module named in `ENGINES` offers, as its own functions."""

    def open(self, path: str, password: str) -> Document:
        """Open the PDF at `path`; `password` is empty where none is needed."""


def load(name: str, extra: Mapping[str, str]) -> Engine:
    """The engine called `name`; `extra` names more modules than the project's own. Only for the sandbox's child."""
    engine: Engine = import_module({**ENGINES, **extra}[name])
    return engine


def version(name: str) -> str:
    """What makes the Markdown of engine `name`, as kept with each job: another version may make another Markdown."""
    return f"pymupdf {metadata.version('pymupdf')}, rules {_rules()}" if name in ENGINES else name


@cache
def _rules() -> str:
    """Changes with every change of the engines' own code."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
