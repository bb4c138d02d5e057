"""Markdown as plain text: rendered and cleaned as for browsers, then without its tags."""

import re
from html.parser import HTMLParser

from jobs.formats.cutting import cut
from jobs.formats.grids import Cell, rows_text
from jobs.formats.rendering import Renderer

_renderer = Renderer(lambda name: None)

_APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr", "table", "caption"}
_OWN_LINE = {"br", "li"}
_LISTS = {"ul", "ol"}
_CELLS = {"td", "th", "tr"}
_BLANKS = re.compile(r"\s+")
_LINE_END = re.compile(r" +\n")


def plain(markdown: str) -> str:
    """The text of a page's Markdown: paragraphs parted by empty lines, a table's cells by tabs."""
    texts = (_text(_renderer.html(piece)) for piece in cut([markdown]))
    return "\n\n".join(filter(None, texts))


def _text(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return _LINE_END.sub("\n", "".join(reader.parts)).strip(" \n")


class _Reader(HTMLParser):
    """Gathers the text of clean HTML in `parts`. What is in a table's cell is words, also another table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._gap = 0  # line ends that are due before the next word
        self._verbatim = 0
        self._lists = 0
        self._tables = 0
        self._rows: list[list[Cell]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._verbatim += tag == "pre"
        self._tables += tag == "table"
        self._break(tag)
        self._lists += tag in _LISTS
        if tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")
        elif self._tables == 1 and tag == "tr":
            self._close_cell()
            self._rows.append([])
        elif self._tables == 1 and tag in ("td", "th"):
            self._close_cell()
            self._open_cell(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        self._verbatim -= tag == "pre"
        self._lists -= tag in _LISTS
        if tag == "table":
            self._tables -= 1
            if not self._tables:
                self._close_cell()
                self._write(rows_text(self._rows))
                self._rows = []
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
        elif self._verbatim:
            self._write(data)
        elif not self._tables or data.strip():
            self._write(_BLANKS.sub(" ", data))

    def _open_cell(self, attrs: dict[str, str | None]) -> None:
        self._rows = self._rows or [[]]
        self._rows[-1].append(Cell("", int(attrs.get("rowspan") or 1), int(attrs.get("colspan") or 1)))
        self._cell = []

    def _close_cell(self) -> None:
        if self._cell is not None:
            self._rows[-1][-1].text = "".join(self._cell)
            self._cell = None

    def _break(self, tag: str) -> None:
        apart = tag in _APART or (tag in _LISTS and not self._lists)
        lines = 2 if apart else 1 if tag in _OWN_LINE | _LISTS else 0
        if self._cell is not None and (lines or tag in _CELLS):
            self._cell.append(" ")
        elif self._cell is None:
            self._gap = max(self._gap, lines)

    def _write(self, text: str) -> None:
        if self._gap and text.strip():
            text = text if self._verbatim or self._tables else text.lstrip()
            if self.parts:
                self.parts[-1] = self.parts[-1].rstrip("\n") + "\n" * self._gap
            self._gap = 0
        if not self._gap:
            self.parts.append(text)
