"""Pages become one document."""

from typing import Any

import pytest

from jobs.engines.joining import joined, scale, sound


def text_page(text: str, *, size: float = 10.0, full: bool = True, kind: str = "text") -> tuple[str, dict[str, Any]]:
    """A page that is one block."""
    end = {"kind": kind, "at": 0, "to": len(text), "size": size, "full": full}
    return text, {"headings": [], "first": end, "last": end}


def table_page(rows: list[str], head: str, *, left: float = 50.0, columns: int = 2) -> tuple[str, dict[str, Any]]:
    text = "\n".join(rows)
    end = {"kind": "table", "at": 0, "to": len(text), "size": 9.0, "full": True}
    end |= {"columns": columns, "left": left, "right": 500.0, "head": head}
    return text, {"headings": [], "first": end, "last": end}


def document(*pages: tuple[str, dict[str, Any]], **options: Any) -> str:
    levels = scale(seams for _, seams in pages)
    return "".join(joined(((n, *page) for n, page in enumerate(pages, 1)), levels, **options))


def test_it_joins_a_paragraph_over_a_page_break() -> None:
    assert document(text_page("It goes on"), text_page("over the page.")) == "It goes on over the page.\n\n"


def test_it_joins_a_word_over_a_page_break() -> None:
    assert document(text_page("It is con-"), text_page("nected.")) == "It is connected.\n\n"


def test_it_leaves_a_paragraph_that_has_ended() -> None:
    assert document(text_page("It ends."), text_page("another one.")) == "It ends.\n\nanother one.\n\n"


def test_it_leaves_a_paragraph_that_stops_short_before_a_capital() -> None:
    assert document(text_page("A title", full=False), text_page("Anew it starts.")) == "A title\n\nAnew it starts.\n\n"


def test_it_joins_a_full_line_and_a_name() -> None:
    assert document(text_page("as was said by"), text_page("Miller.")) == "as was said by Miller.\n\n"


def test_it_does_not_join_another_size() -> None:
    assert document(text_page("It goes on"), text_page("over there.", size=14)) == "It goes on\n\nover there.\n\n"


def test_it_puts_what_stood_below_the_paragraph_after_it() -> None:
    text, seams = "It goes on\n\n1 A footnote.", text_page("It goes on")[1]
    assert document((text, seams), text_page("over the page.")) == "It goes on over the page.\n\n1 A footnote.\n\n"


def test_it_joins_a_table_without_its_repeated_heading() -> None:
    first = table_page(["| Name | Size |", "| --- | --- |", "| Oak | 12 |"], "Name|Size")
    second = table_page(["| Name | Size |", "| --- | --- |", "| Elm | 13 |"], "Name|Size", left=90)
    assert document(first, second) == "| Name | Size |\n| --- | --- |\n| Oak | 12 |\n| Elm | 13 |\n\n"


def test_it_joins_a_table_that_goes_on_without_heading() -> None:
    first = table_page(["| Name | Size |", "| --- | --- |", "| Oak | 12 |"], "Name|Size")
    second = table_page(["| Elm | 13 |", "| --- | --- |", "| Fir | 14 |"], "Elm|13")
    assert document(first, second).splitlines()[3:5] == ["| Elm | 13 |", "| Fir | 14 |"]


def test_it_joins_tables_in_html() -> None:
    first = table_page(["<table>", "<tr><th>Name</th></tr>", "<tr><td>Oak</td></tr>", "</table>"], "Name")
    second = table_page(["<table>", "<tr><th>Name</th></tr>", "<tr><td>Elm</td></tr>", "</table>"], "Name")
    rows = ["<table>", "<tr><th>Name</th></tr>", "<tr><td>Oak</td></tr>", "<tr><td>Elm</td></tr>"]
    assert document(first, second, second) == "\n".join([*rows, "<tr><td>Elm</td></tr>", "</table>"]) + "\n\n"


def test_it_leaves_tables_of_other_columns() -> None:
    first = table_page(["| a | b |", "| --- | --- |"], "a|b")
    second = table_page(["| a | b | c |", "| --- | --- | --- |"], "a|b|c", columns=3)
    assert document(first, second) == "| a | b |\n| --- | --- |\n\n| a | b | c |\n| --- | --- | --- |\n\n"


def test_it_levels_headings_by_size_over_the_whole_document() -> None:
    pages = (("# Small", {"headings": [[12.0, 0]]}), ("# Big\n\n## Small", {"headings": [[20.0, 0], [12.0, 0]]}))
    assert document(*pages) == "## Small\n\n# Big\n\n## Small\n\n"


def test_it_levels_headings_by_bookmarks_first() -> None:
    pages = (("# One", {"headings": [[12.0, 2]]}), ("# Two", {"headings": [[12.1, 0]]}))
    assert document(*pages) == "## One\n\n## Two\n\n"


def test_it_takes_no_code_for_a_heading() -> None:
    page = ("```\n# a comment\n```\n\n# Title", {"headings": [[12.0, 3]]})
    assert document(page) == "```\n# a comment\n```\n\n### Title\n\n"


def test_it_puts_dividers_between_pages_and_then_joins_nothing() -> None:
    written = document(text_page("It goes on"), text_page("over there."), divider=lambda number: f"--- {number} ---")
    assert written == "--- 1 ---\n\nIt goes on\n\n--- 2 ---\n\nover there.\n\n"


def test_it_takes_pages_without_seams_as_they_are() -> None:
    assert document(("One", {}), ("", {}), ("two", {})) == "One\n\ntwo\n\n"


def test_it_holds_no_more_than_a_page_of_a_paragraph_that_never_ends() -> None:
    pages = ((number, *text_page("word " * 500)) for number in range(200))
    pieces = list(joined(pages, {}))
    assert max(map(len, pieces)) < 6000
    assert len("".join(pieces).split()) == 100_000


def test_it_gives_the_levels_of_sizes_in_any_order() -> None:
    assert scale([{"headings": [[12.0, 0]]}, {}, {"headings": [[24.0, 0], [18.0, 0]]}]) == {24: 1, 18: 2, 12: 3}


def test_it_keeps_smaller_sizes_below_bigger_ones() -> None:
    assert scale([{"headings": [[24.0, 2], [18.0, 1], [12.0, 0]]}]) == {24: 2, 18: 2, 12: 3}


@pytest.mark.parametrize(
    "seams",
    [
        {"first": {"kind": "text", "at": 0, "to": 900, "size": 9}},
        {"first": {"kind": "text", "at": 3, "to": 1, "size": 9}},
        {"first": {"kind": "text", "at": "a", "to": 1, "size": 9}},
        {"first": {"kind": "table", "at": 0, "to": 1, "size": 9}},
        {"first": ["text"]},
        {
            "first": {"kind": "text", "at": 2, "to": 4, "size": 9},
            "last": {"kind": "text", "at": 0, "to": 1, "size": 9},
        },
        {"headings": [[12, 9]]},
        {"headings": [[12]]},
        {"headings": 7},
        [],
    ],
)
def test_it_takes_no_seams_that_do_not_fit(seams: Any) -> None:
    assert sound(seams, "Text.") == {}


def test_it_takes_the_seams_that_the_engines_make() -> None:
    for text, seams in (text_page("It goes on"), table_page(["| a | b |", "| --- | --- |"], "a|b")):
        assert sound(seams, text) == seams


def test_it_goes_on_past_what_floats_on_the_next_page() -> None:
    text = "Table 1\n\nover the page."
    end = {"kind": "text", "at": 9, "to": len(text), "size": 10.0, "full": True}
    written = document(text_page("It goes on"), (text, {"headings": [], "first": end, "last": end}))
    assert written == "It goes on over the page.\n\nTable 1\n\n"


def test_it_goes_on_past_a_page_on_which_all_floats() -> None:
    floating: tuple[str, dict[str, Any]] = ("A table", {"headings": []})
    written = document(text_page("It goes on"), floating, text_page("over there."))
    assert written == "It goes on over there.\n\nA table\n\n"


def test_it_waits_for_no_end_where_the_paragraph_has_ended() -> None:
    floating: tuple[str, dict[str, Any]] = ("A table", {"headings": []})
    written = document(text_page("It ends."), floating, text_page("Another."))
    assert written == "It ends.\n\nA table\n\nAnother.\n\n"


def test_it_joins_the_marks_of_a_stressed_word() -> None:
    assert document(text_page("the *Neuro-*"), text_page("*spora crassa* and")) == "the *Neurospora crassa* and\n\n"
    assert document(text_page("a **bold**"), text_page("*slanted* one")) == "a **bold** *slanted* one\n\n"


def test_it_joins_a_table_of_many_columns_that_reaches_less_far() -> None:
    first = table_page(["|a|b|c|d|", "|---|---|---|---|"], "a|b|c|d", columns=4)
    second = table_page(["|1|2|3|4|", "|---|---|---|---|"], "1|2|3|4", columns=4)
    second[1]["first"]["right"] = 470.0
    assert document(first, second) == "|a|b|c|d|\n|---|---|---|---|\n|1|2|3|4|\n\n"


def headings(*sizes: float) -> dict[str, Any]:
    return {"headings": [[size, 0] for size in sizes]}


def test_it_puts_the_lines_of_a_cover_on_one_level() -> None:
    pages = [headings(40, 33, 28, 14), headings(24, 14), headings(24, 14)]
    assert scale(pages) == {40: 1, 33: 1, 28: 1, 24: 2, 14: 3}


def test_it_gives_a_title_a_level_of_its_own() -> None:
    assert scale([headings(40, 24), headings(24, 14), headings(14)]) == {40: 1, 24: 2, 14: 3}


def test_it_makes_no_level_of_a_size_that_one_page_has() -> None:
    assert scale([headings(24, 19), headings(24, 16), headings(16)]) == {24: 1, 19: 2, 16: 2}


@pytest.mark.parametrize(
    ("cut_off", "closed"),
    [
        ("```python\nx = 1", "```python\nx = 1\n```"),
        ("~~~~\nx\n```", "~~~~\nx\n```\n~~~~"),
        ("Said\n\n```\na\n```\n\n```\nb\n\n", "Said\n\n```\na\n```\n\n```\nb\n\n\n```"),
        ("<table><tr><td>one", "<table><tr><td>one\n</table>"),
        ("<!-- a chart\nof", "<!-- a chart\nof\n-->"),
    ],
)
def test_it_closes_what_a_page_leaves_open(cut_off: str, closed: str) -> None:
    assert document((cut_off, {}), ("Next page", {})) == f"{closed}\n\nNext page\n\n"
    assert document((cut_off, {}), ("B", {}), divider=str) == f"1\n\n{closed}\n\n2\n\nB\n\n"


@pytest.mark.parametrize(
    "whole",
    [
        "```\n<table>\n<!-- x\n```",
        "````\n```\n````",
        "```\na\n`````",
        "`` ``` `` and ```x``` inline",
        "<table><tr><td>1</td></tr></table>",
        "</table> and <!-- it -->",
        "in words: <!-- a",
    ],
)
def test_it_adds_nothing_where_all_is_closed(whole: str) -> None:
    assert document((whole, {})) == f"{whole}\n\n"
