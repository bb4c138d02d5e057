"""A table's cells, out of its Markdown or HTML: rows of {"text", "rows", "columns", "head"}."""

import re
from html.parser import HTMLParser
from typing import Any

Cell = dict[str, Any]

_RULE = re.compile(r"^\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*$")
_BAR = re.compile(r"(?<!\\)\|")
_MOST_SPANNED = 1000


def cells(markdown: str) -> list[list[Cell]]:
    """The rows of the table in `markdown`; none where it is no table."""
    if "<t" in markdown.lower():
        reader = _Reader()
        reader.feed(markdown)
        reader.close()
        return [[{**cell, "text": " ".join(cell["text"].split())} for cell in row] for row in reader.rows if row]
    lines = [line.strip() for line in markdown.splitlines() if "|" in line]
    head = len(lines) > 1 and bool(_RULE.match(lines[1]))
    return [
        [_cell(text.strip().replace("\\|", "|"), head=head and number == 0) for text in _BAR.split(line.strip("|"))]
        for number, line in enumerate(lines)
        if not (head and number == 1)
    ]


def _cell(text: str, *, head: bool, rows: int = 1, columns: int = 1) -> Cell:
    return {"text": text, "rows": rows, "columns": columns, "head": head}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[Cell]] = []
        self._open: Cell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            told = dict(attrs)
            spans = {"rows": _span(told.get("rowspan")), "columns": _span(told.get("colspan"))}
            self._open = _cell("", head=tag == "th", **spans)
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append(self._open)
        elif tag == "br" and self._open is not None:
            self._open["text"] += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open["text"] += data


def _span(told: str | None) -> int:
    return min(int(told), _MOST_SPANNED) if told and told.isdecimal() and int(told) else 1
