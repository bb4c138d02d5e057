"""The fast rules where they suffice, the layout net where they don't.

The net is only loaded when the first page needs it: a clean text PDF is converted in a process half as large.
"""

from collections.abc import Mapping
from typing import Any

from jobs import engines
from jobs.engines import Document, Markdown, fast


class AutoDocument:
    def __init__(self, path: str, password: str) -> None:
        self._path, self._password = path, password
        self._fast = fast.open(path, password)
        self._layout: Document | None = None

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        """The page's Markdown by the rules, or by the net when they have a doubt or the page shall be read by OCR."""
        if options.get("ocr") == "always":
            return self._with_layout().convert(number, options)
        markdown, doubt = self._fast.read(number, options)
        return markdown if doubt is None else self._with_layout().convert(number, options)

    def close(self) -> None:
        self._fast.close()
        if self._layout is not None:
            self._layout.close()
            self._layout = None

    def _with_layout(self) -> Document:
        if self._layout is None:
            self._layout = engines.load("layout", {}).open(self._path, self._password)
        return self._layout


def open(path: str, password: str) -> AutoDocument:  # noqa: A001 (the engines' own word)
    return AutoDocument(path, password)
