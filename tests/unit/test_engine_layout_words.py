"""Words, signs, styles, links, drop capitals, directions."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

import pytest

from jobs.engines.layout_passes import direction, dropcaps, links, reading
from jobs.engines.layout_passes.glyphs import cleaned
from jobs.engines.layout_passes.reading import in_rows
from jobs.engines.layout_passes.shapes import Line, Span
from jobs.engines.layout_passes.styles import inline
from jobs.engines.layout_passes.words import joined
from tests.unit.test_engine_layout_shapes import line, span


@pytest.mark.parametrize(
    ("before", "after", "one"),
    [
        ("con-", "nected", "connected"),
        ("well-known and far-", "reaching", "well-known and farreaching"),
        ("state-of-the-", "art", "state-of-the-art"),
        ("pages 10-", "20", "pages 10-20"),
        ("North-", "South", "North-South"),
        ("a -", "b", "a - b"),
        ("one", "two", "one two"),
    ],
)
def test_it_joins_lines(before: str, after: str, one: str) -> None:
    assert joined(before, after) == one
    assert inline([line(before), line(after, y=12)]) == one


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("ﬁnd oﬃce", "find office"),
        ("J´an", "Ján"),
        ("na¨ıve", "naïve"),
        ("‘‘so’’", "“so”"),
        ("\uf0b7 item", "• item"),
        ("Contents . . . . . . . . 12", "Contents … 12"),
        ("2 ˆ 3", "2 ˆ 3"),
    ],
)
def test_it_cleans_signs(odd: str, plain: str) -> None:
    assert cleaned(odd) == plain


def test_it_marks_what_is_stressed() -> None:
    assert inline([Line([span("this is "), span("bold", bold=True), span(" and "), span("so", italic=True)])]) == (
        "this is **bold** and *so*"
    )


def test_it_marks_nothing_where_all_is_bold() -> None:
    assert inline([line("All of it", bold=True)]) == "All of it"


def test_it_escapes_markdown() -> None:
    assert inline([line("2 * 3 <b> &lt;")]) == "2 \\* 3 &lt;b> &amp;lt;"


def test_it_raises_marks_and_no_words() -> None:
    assert inline([Line([span("word"), span("2", raised=True)])]) == "word<sup>2</sup>"
    assert inline([Line([span("word "), span("and a longer text", raised=True)])]) == "word and a longer text"


def test_it_links_the_words_in_the_rectangle() -> None:
    wanted = links.targets(
        [{"from": (20, 0, 40, 10), "uri": "https://x.org/(a)"}, {"from": (0, 0, 9, 9), "uri": "file:///x"}]
    )
    (linked,) = links.linked([line("see the form now")], wanted)
    assert inline([linked]) == "see [the](https://x.org/%28a%29) form now"


def test_it_joins_a_drop_capital() -> None:
    lines = [line("I", 0, 0, size=40), line("n May 1998", 22, 0), line("it began.", 22, 12)]
    assert [one.text for one in dropcaps.joined(lines)] == ["In May 1998", "it began."]


def test_it_leaves_a_capital_of_the_same_size() -> None:
    assert len(dropcaps.joined([line("A", 0, 0), line("nother", 8, 0)])) == 2


def test_it_orders_the_parts_of_a_row_by_the_script() -> None:
    assert [row.text for row in in_rows([line("two", 60), line("one ", 0), line("three", 0, 20)])] == [
        "one two",
        "three",
    ]
    assert in_rows([line("ثانيا", 0), line("أولا", 60)])[0].text == "أولا ثانيا"


def test_it_tells_right_to_left_by_most_letters() -> None:
    assert direction.is_right_to_left([line("من الأدوات القوية Python")])
    assert not direction.is_right_to_left([line("The word كتاب means book")])


def read(*spans: tuple[str, float, int]) -> Line:
    """One line as PyMuPDF gives it: text, size and flags of its spans."""
    parts = [
        {
            "text": text,
            "size": size,
            "flags": flags,
            "font": "Serif",
            "bbox": (0, 0, 9, 9),
            "origin": (0, 9),
            "char_flags": 0,
            "alpha": 255,
        }
        for text, size, flags in spans
    ]
    return reading.lines([{"lines": [{"dir": (1.0, 0.0), "spans": parts}]}])[0]


def test_it_raises_only_what_is_small() -> None:
    assert [span.raised for span in read(("word", 10, 0), ("2", 6, 1)).spans] == [False, True]
    assert [span.raised for span in read(("word", 10, 1), ("half", 10, 0)).spans] == [False, False]


@pytest.mark.parametrize(
    ("spans", "written"),
    [
        ([span("n", italic=True), span("-tuple", bold=True)], "*n*-tuple"),
        ([span("2"), span("n", raised=True, italic=True)], "2<sup>n</sup>"),
        ([span("n −", italic=True), span("1")], "*n* −1"),
        ([span("2"), span("·k", italic=True)], "2·*k*"),
        ([span("so "), span("(much)", bold=True), span(" more")], "so **(much)** more"),
        ([span("Hin", italic=True), span("dIII")], "*Hin*dIII"),
    ],
)
def test_it_stresses_only_what_will_be_read_as_stressed(spans: list[Span], written: str) -> None:
    assert inline([Line([span("as "), *spans, span(" is")])]).replace("as ", "", 1)[:-3] == written
