"""The plain text of pages."""

from typing import Any

import pytest

from jobs.formats.as_text import page_text
from jobs.formats.grids import Cell, rows_text
from jobs.formats.plain import plain
from jobs.models import Page


def block(kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "text": text, "bbox": [0, 0, 1, 1], "at": 0, "to": 1, **more}


def cell(text: str, rows: int = 1, columns: int = 1) -> dict[str, Any]:
    return {"text": text, "rows": rows, "columns": columns, "head": False}


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# A *b*\n\nc [d](https://e) `f_g` &amp; h\\*", "A b\n\nc d f_g & h*"),
        ("a\nb  \nc", "a b\nc"),
        ("- a\n- b\n    - c\n\nd", "a\nb\nc\n\nd"),
        ("1. a\n\n2. b", "a\n\nb"),
        ("| a | b |\n|---|---|\n| c \\| d | |\n| | e |", "a\tb\nc | d\n\te"),
        ("```\ndef a():\n    b\n\nc\n```", "def a():\n    b\n\nc"),
        ("> a\n\n---\n\nb", "a\n\nb"),
        ("a ![a bridge](images/page-00001-01.png)", "a a bridge"),
        ('<table>\n<tr><th colspan="2">a</th></tr>\n<tr><td>b<br>c</td><td>d</td></tr>\n</table>', "a\nb c\td"),
        ("<table>\n<tr><td>a <table><tr><td>b</td><td>c</td></tr></table></td><td>d</td></tr>\n</table>", "a b c\td"),
        ("<script>x</script>a<sup>2</sup> <i>b</i>", "a2 b"),
        ("", ""),
    ],
)
def test_it_takes_the_signs_away(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_it_keeps_each_cell_in_its_column() -> None:
    rows = [[Cell("a", rows=2), Cell("b", columns=2)], [Cell("c"), Cell("d")], [Cell("e"), Cell("f"), Cell("g\nh")]]
    assert rows_text(rows) == "a\tb\n\tc\td\ne\tf\tg h"


def test_it_bounds_what_a_cell_may_cover() -> None:
    assert len(rows_text([[Cell("a", 10**9, 10**9), Cell("b")]] * 100)) < 30_000


def test_it_puts_the_blocks_together() -> None:
    blocks = [
        block("heading", "A"),
        block("list", "b"),
        block("list", "c"),
        block("table", "ignored", cells=[[cell("d", columns=2)], [cell("e"), cell("f")]]),
        block("footer", "dropped", at=7, to=7),
        block("picture", ""),
        block("text", "g"),
    ]
    page = Page(status=Page.Status.DONE, markdown="# other", blocks=blocks)
    assert page_text(page) == "A\n\nb\nc\n\nd\ne\tf\n\ng"


@pytest.mark.parametrize(
    "blocks", [[], [None], [{}], [{"type": "table", "text": "", "cells": [[{}]]}], {"a": 1}, [[1]]]
)
def test_it_reads_the_markdown_where_blocks_say_nothing(blocks: Any) -> None:
    assert page_text(Page(status=Page.Status.DONE, markdown="# A", blocks=blocks)) == "A"


def test_it_says_that_a_page_failed() -> None:
    page = Page(number=3, status=Page.Status.FAILED, error="It was too\nlarge.")
    assert page_text(page) == "[Page 3 could not be converted. It was too large.]"
