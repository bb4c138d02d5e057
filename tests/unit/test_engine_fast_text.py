"""The rules of `fast` for words, paragraphs, titles, lists and listings."""

from typing import Any

import pytest

from jobs.engines.fast_rules import headings, links, marks, nesting, tables, writing
from jobs.engines.fast_rules.blocks import blocks, goes_on
from jobs.engines.fast_rules.code import listing, with_typed_rows
from jobs.engines.fast_rules.drop_caps import with_drop_caps
from jobs.engines.fast_rules.fonts import typewriters
from jobs.engines.fast_rules.headings import Looks
from jobs.engines.fast_rules.hyphens import flowing, joint
from jobs.engines.fast_rules.letters import spelt
from jobs.engines.fast_rules.pieces import Block, Line, Rule, Run, Style, line_of
from jobs.engines.fast_rules.ruling import bars, grids, table

PLAIN = Style(10.0)
BOLD = Style(10.0, bold=True)
MONO = Style(10.0, mono=True)
LOOKS = Looks(body=10.0, sizes=[20.0, 14.0], bookmarks={"ofdogs": 3})


def line(text: str, y0: float = 100, x0: float = 50, x1: float = 0.0, style: Style = PLAIN) -> Line:
    end = x1 or x0 + 0.5 * style.size * len(text)
    return line_of([Run(text, style, x0, end)], x0, y0, end, y0 + style.size)


@pytest.mark.parametrize(
    ("before", "after", "end"),
    [
        ("the impor-", "tant word", "the impor"),
        ("self-", "esteem", "self-"),
        ("state-of-the-", "art", "state-of-the-"),
        ("Jean-", "Paul", "Jean-"),
        ("1990-", "1995", None),
        ("soft\u00ad", "ware", "soft"),
        ("two", "words", None),
        ("日本語の文", "章です", "日本語の文"),
        ("日本語の文", "and more", None),
        ("OUT1L-", "OUT1R+", None),
        ("COVID-", "19", "COVID-"),
        ("still high-", "er", "still high"),
    ],
)
def test_it_joins_hyphenated_words(before: str, after: str, end: str | None) -> None:
    assert joint(before, after) == end


def test_it_puts_a_space_between_lines() -> None:
    assert writing.plain(flowing([line("one"), line("won-"), line("der")])) == "one wonder"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("• item", ("-", 2)),
        ("\uf0b7 item", ("-", 2)),
        ("\u2013 item", ("-", 2)),
        ("\u20135 degrees", None),
        ("3. item", ("3.", 3)),
        ("3.5 metres", None),
        ("(a) item", ("-", 0)),
        ("Plain text", None),
        ("\ufffd with words", ("-", 2)),
        ("\ufffd k = 1", None),
    ],
)
def test_it_knows_the_marks_of_lists(text: str, mark: tuple[str, int] | None) -> None:
    assert marks.mark_of(text) == mark


def test_it_joins_a_mark_to_its_text() -> None:
    found = marks.with_marks([line("•", x0=50), line("apple", x0=70), line("far away", x0=300)])
    assert [piece.text for piece in found] == ["• apple", "far away"]


def test_it_nests_by_indent() -> None:
    depths = nesting.depths([50, 70, 71, 90, 50])
    assert depths == [0, 1, 1, 2, 0]
    assert nesting.prefixes(depths, ["1.", "-", "-", "-", "2."]) == ["1. ", "   - ", "   - ", "     - ", "2. "]


def test_it_joins_drop_capitals() -> None:
    cap = line("T", 100, 50, 70, Style(30.0))
    found = with_drop_caps([cap, line("he fox runs", 102, 72), line("and runs", 114, 72), line("again", 140, 50)])
    assert [piece.text for piece in found] == ["The fox runs", "and runs", "again"]
    assert found[1].x0 == 50


@pytest.mark.parametrize(
    ("text", "style", "level"),
    [
        ("A title", Style(20.0), 1),
        ("A lesser title", Style(14.0), 2),
        ("Bold words", BOLD, 3),
        ("2.1 Bold words", BOLD, 4),
        ("Of dogs", PLAIN, 3),
        ("Plain words", PLAIN, None),
        ("A bold sentence.", BOLD, None),
        ("Table 1 Bold words", BOLD, None),
        ("continued in bold", BOLD, None),
        ("A summary that is printed a little bigger and goes on and on, but is no title.", Style(11.5), None),
        ("42", Style(9.0), None),
    ],
)
def test_it_tells_titles(text: str, style: Style, level: int | None) -> None:
    assert headings.level([line(text, style=style)], LOOKS) == level


def kinds(*lines: Line) -> list[tuple[str, str]]:
    return [(block.kind, " ".join(piece.text for piece in block.lines)) for block in blocks(lines, LOOKS)]


def test_it_parts_paragraphs_by_indents_and_short_lines() -> None:
    found = kinds(
        line("first full line", 100, 50, 300),
        line("ends here.", 112, 50, 110),
        line("second, full line", 124, 50, 300),
        line("and a full line", 136, 50, 300),
        line("third, indented", 148, 65, 300),
        line("and full", 160, 50, 300),
    )
    assert [text for _, text in found] == [
        "first full line ends here.",
        "second, full line and a full line",
        "third, indented and full",
    ]


def test_it_keeps_the_lines_of_an_item_together() -> None:
    found = kinds(line("• one and", 100, 50, 300), line("more", 112, 60, 90), line("• two", 124, 50, 90))
    assert found == [("item", "• one and more"), ("item", "• two")]


def test_it_makes_a_title_of_capitals_above_text() -> None:
    found = kinds(
        line("THE GREAT FOX", 100, 50, 130), line("runs through", 112, 50, 300), line("the woods.", 124, 50, 120)
    )
    assert [kind for kind, _ in found] == ["heading", "text"]


def test_it_puts_a_row_of_a_listing_together() -> None:
    row = [line("MOV", 100, 50, 68, MONO), line("AX,1", 100, 98, 122, MONO), line("beside", 100, 300, 330)]
    assert [piece.text for piece in with_typed_rows(row)] == ["MOV     AX,1", "beside"]


def test_it_keeps_indents_and_blank_lines_of_listings() -> None:
    code = [
        line("if a:", 100, 50, 80, MONO),
        line("b()", 112, 74, 92, MONO),
        line("c()", 124, 74, 92, MONO),
        line("d()", 148, 50, 68, MONO),
    ]
    assert listing(code) == "```\nif a:\n    b()\n    c()\n\nd()\n```"


def test_it_fences_listings_that_have_fences() -> None:
    assert listing([line("```", style=MONO), line("a", 112, style=MONO)]).startswith("````\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a * b", "a * b"),
        ("*ALL", r"\*ALL"),
        ("snake_case", "snake_case"),
        ("__init__", r"\_\_init\_\_"),
        ("a < b", "a < b"),
        ("<b>", r"\<b>"),
        ("[1] and [x](y)", r"[1] and \[x](y)"),
        ("C:\\x", r"C:\\x"),
    ],
)
def test_it_escapes_only_what_is_markup(text: str, shown: str) -> None:
    assert writing.escaped(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("# no title", "\\# no title"), ("1. no item", "1\\. no item"), ("-5 °C", "-5 °C")]
)
def test_it_guards_the_first_sign_of_a_paragraph(text: str, shown: str) -> None:
    assert writing.guarded(text) == shown


def test_it_marks_styles_without_noise() -> None:
    runs = [
        Run("Read ", PLAIN),
        Run("this ", BOLD),
        Run("book", BOLD),
        Run(" (", PLAIN),
        Run(",", BOLD),
        Run(")", PLAIN),
    ]
    assert writing.inline(runs) == "Read **this book** (,)"
    assert writing.inline([Run("All bold", BOLD)]) == "All bold"


def test_it_shortens_rows_of_dots() -> None:
    assert writing.inline([Run("Preface . . . . . . . . . 7", PLAIN)]) == "Preface … 7"


def test_it_cuts_the_linked_words_out_of_a_run() -> None:
    text = "see the page for more"
    piece = line(text, x1=50 + 5 * len(text))
    links.linked([piece], [links.Link(70, 98, 110, 112, "https://x.org")])
    assert [(run.text, run.link) for run in piece.runs] == [
        ("see ", ""),
        ("the page", "https://x.org"),
        (" for more", ""),
    ]


def test_it_links_to_safe_addresses_only() -> None:
    addresses = ["javascript:alert(1)", "https://x.org/a b", ""]
    found: list[dict[str, Any]] = [{"from": line("x"), "uri": address} for address in addresses]
    assert [link.address for link in links.addresses(found, lambda edges: edges)] == ["https://x.org/a%20b"]


def spans(width: float, *texts: str) -> list[dict[str, Any]]:
    same = {"font": "F", "flags": 0, "size": 10}
    return [{"text": text, "bbox": (0, 0, 10 * width * len(text), 10), **same} for text in texts]


def test_it_knows_typewriters_by_the_width_of_letters() -> None:
    assert typewriters(spans(0.6, "SELECT", "FROM TABLE", "WHERE ID", "ORDER BY")) == {"F"}
    assert typewriters(spans(0.6, "SELECT", "FROM TABLE") + spans(0.55, "WHERE ID", "ORDER BY")) == frozenset()
    assert typewriters(spans(0.5, "123456", "234567", "345678", "456789")) == frozenset()


def rule(x0: float, y0: float, x1: float, y1: float) -> Rule:
    return Rule(x0, y0, x1, y1)


def text_of(lines: list[Line]) -> str:
    return " ".join(piece.text for piece in lines)


def test_it_finds_cells_that_span() -> None:
    across, down = bars(
        [
            *(rule(50, y, 250, y) for y in (100, 120, 140)),
            *(rule(x, 100, x, 140) for x in (50, 250)),
            rule(150, 120, 150, 140),
        ]
    )
    (grid,) = grids(across, down)
    found = table(grid, [line("head", 105, 60), line("a", 125, 60), line("b", 125, 160)], text_of)
    assert found is not None
    assert found.spans == {(0, 0): (1, 2)}
    html = '<table>\n<tr><th colspan="2">head</th></tr>\n<tr><td>a</td><td>b</td></tr>\n</table>'
    assert tables.written(found) == html


def test_it_makes_no_table_of_a_box() -> None:
    (grid,) = grids(*bars([rule(50, 100, 250, 100), rule(50, 140, 250, 140), rule(50, 100, 50, 140)]))
    assert table(grid, [line("in a box", 110, 60)], text_of) is None


def test_it_joins_the_pieces_of_a_rule() -> None:
    across, down = bars([rule(50, 100, 100, 100), rule(101, 100.5, 200, 100.5), rule(0, 0, 3, 0)])
    assert (len(across), down) == (1, [])
    assert across[0][1:] == (50, 200)


def test_it_marks_raised_signs() -> None:
    raised = Style(7.0, raised=True)
    runs = [Run("10 cm", PLAIN), Run("2", raised), Run(" and ", PLAIN), Run("a long remark", raised)]
    assert writing.inline(runs) == "10 cm<sup>2</sup> and a long remark"
    assert writing.inline(runs[:2], styled=False) == "10 cm<sup>2</sup>"


def test_it_stresses_only_what_will_be_read_as_stressed() -> None:
    italic = Style(10.0, italic=True)
    assert writing.inline([Run("(", PLAIN), Run("n \u2212", italic), Run("1)", PLAIN)]) == "(*n* \u22121)"
    assert writing.inline([Run("A ", PLAIN), Run("n", italic), Run("-tuple", BOLD)]) == "A *n*-tuple"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("J´an and G¨odel", "Ján and Gödel"),  # noqa: RUF001
        ("voil`a", "voilà"),
        ("the `else' of", "the `else' of"),
        ("‘‘quoted’’", "“quoted”"),  # noqa: RUF001 (what it is about)
        ("20 ˚C", "20 ˚C"),
        ("\x88 item\x00", "\ufffd item\ufffd"),
        ("Lite\uf8ea \uf0b7", "Lite™ •"),
    ],
)
def test_it_spells_as_a_reader_would(text: str, shown: str) -> None:
    assert spelt(text) == shown


def test_it_writes_what_markdown_marks_in_cells_of_html() -> None:
    cells = [[r"\*all\* <sup>1</sup>", '[x](https://x.org/?a=1&b="2)'], [r"a \<b> c", ""]]
    found = tables.Table(0, 0, 9, 9, cells, {(1, 0): (1, 2)})
    assert tables.written(found) == (
        '<table>\n<tr><th>*all* <sup>1</sup></th><th><a href="https://x.org/?a=1&amp;b=%222">x</a></th></tr>\n'
        '<tr><td colspan="2">a &lt;b&gt; c</td></tr>\n</table>'
    )


def test_it_leaves_a_formula_out_of_the_paragraph_around_it() -> None:
    before, after = Block("text", [line("we know that", 100)]), Block("text", [line("and so it goes on", 140)])
    assert goes_on(before, after)
    assert not goes_on(before, Block("text", [line("n = 3", 120, 90)]))
    assert not goes_on(Block("text", [line("n = 3", 120, 90)]), after)
