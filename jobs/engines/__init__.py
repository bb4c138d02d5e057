"""Engines turn pages of PDFs into Markdown. They run in the sandbox, know no Django, and are chosen by name.

A new engine is one file with a class that keeps to `Engine`, and a line in `ENGINES`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module, metadata
from typing import Any, Protocol

ENGINES = {"layout": "jobs.engines.layout", "fast": "jobs.engines.fast", "auto": "jobs.engines.auto"}
DEFAULT = "layout"


@dataclass(frozen=True)
class Markdown:
    """One converted page.

    `warnings` are sentences for people: what was left out or could not be done. `source` says where the text is from:
    text, ocr, mixed or none. `seams` is what `joining` must know of the page; JSON, small.
    """

    text: str
    warnings: list[str] = field(default_factory=list)
    source: str = "text"
    seams: dict[str, Any] = field(default_factory=dict)


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
    """The release that makes the Markdown of engine `name`, as kept with each job."""
    return f"pymupdf {metadata.version('pymupdf')}" if name in ENGINES else name
