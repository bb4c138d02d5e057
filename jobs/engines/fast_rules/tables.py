"""A table, and how it is written: with pipes where each cell is on its own, as HTML where cells span."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SUP = re.compile(r"(?<!\\)&lt;(/?)sup&gt;")
_LINK = re.compile(r"(?<!\\)\[([^\]]*)\]\((\S+?)\)")
_ESCAPED = re.compile(r"\\(?=[\\`*_\[]|&lt;)")

# row, column -> rows, columns that the cell covers
Spans = dict[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class Table:
    """`rows` of cells in Markdown; a cell that another one covers is empty. Edges in points."""

    x0: float
    y0: float
    x1: float
    y1: float
    rows: list[list[str]]
    spans: Spans = field(default_factory=dict)
    ruled: bool = True


def written(table: Table) -> str:
    """The table in Markdown."""
    return _as_html(table) if table.spans else _with_pipes(table.rows)


def _with_pipes(rows: list[list[str]]) -> str:
    head, *rest = rows
    lines = [_row(head), "|" + "---|" * len(head), *(_row(row) for row in rest)]
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "|" + "|".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + "|"


def _as_html(table: Table) -> str:
    covered = {
        (row + down, column + right)
        for (row, column), (height, width) in table.spans.items()
        for down in range(height)
        for right in range(width)
        if down or right
    }
    lines = ["<table>"]
    for number, cells in enumerate(table.rows):
        kept = [(column, text) for column, text in enumerate(cells) if (number, column) not in covered]
        lines.append("<tr>" + "".join(_html_cells(table, number, kept)) + "</tr>")
    return "\n".join([*lines, "</table>"])


def _html_cells(table: Table, row: int, cells: list[tuple[int, str]]) -> Iterator[str]:
    tag = "th" if row == 0 else "td"
    for column, text in cells:
        height, width = table.spans.get((row, column), (1, 1))
        reach = f' rowspan="{height}"' * (height > 1) + f' colspan="{width}"' * (width > 1)
        yield f"<{tag}{reach}>{_html(text)}</{tag}>"


def _html(text: str) -> str:
    """A cell's Markdown, in which only links and raised signs are marked, as HTML."""
    text = _SUP.sub(r"<\1sup>", html.escape(text, quote=False))
    return _ESCAPED.sub("", _LINK.sub(_anchor, text))


def _anchor(link: re.Match[str]) -> str:
    address = link[2].replace('"', "%22")
    return f'<a href="{address}">{link[1]}</a>'
