"""Tables: pipes, HTML, grids from places."""

from types import SimpleNamespace

from jobs.engines.layout_passes import grids, tables
from jobs.engines.layout_passes.shapes import Block, Cell, Table
from tests.unit.test_engine_layout_shapes import block, line

BOX = (0.0, 0.0, 100.0, 100.0)


def table(*rows: list[Cell]) -> Table:
    return Table(BOX, list(rows))


def test_it_writes_a_plain_grid_with_pipes() -> None:
    written = tables.markdown(table([Cell("Name"), Cell("a | b")], [Cell("two\nlines"), Cell("con-\nnected")]))
    assert written == "| Name | a \\| b |\n| --- | --- |\n| two lines | connected |"


def test_it_joins_lists_that_are_broken_anywhere() -> None:
    assert tables.one_line("R66,R74,R82,R\n106,R114,R20\n6") == "R66,R74,R82,R106,R114,R206"
    assert tables.one_line("1,200\n3,400") == "1,200 3,400"


def test_it_writes_spans_as_html() -> None:
    written = tables.markdown(table([Cell("Size", columns=2, head=True)], [Cell("<1"), Cell("2")]))
    rows = ['<tr><th colspan="2">Size</th></tr>', "<tr><td>&lt;1</td><td>2</td></tr>"]
    assert written == "\n".join(["<table>", *rows, "</table>"])


def test_it_writes_no_empty_table() -> None:
    assert tables.markdown(table([Cell(""), Cell("")])) == ""


def test_it_believes_tables_only_where_the_net_saw_one() -> None:
    running = Block("text", BOX, [line("words")])
    assert tables.given([running], [table([Cell("words"), Cell("more")])])[0].table is None


def test_it_loses_nothing_that_the_net_took_into_a_table() -> None:
    title, cells, note = line("A8 Whom to ask", 0, -20), line("Name  Phone", 0, 20), line("A note below", 0, 120)
    seen = Block("table", (0, -20, 100, 130), [title, cells, note])
    parts = tables.given([seen], [Table(BOX, [[Cell("Name"), Cell("Phone")], [Cell("A"), Cell("1")]])])
    assert [(part.kind, part.text) for part in parts if part.table is None] == [
        ("text", "A8 Whom to ask"),
        ("text", "A note below"),
    ]


def test_it_puts_links_into_cells() -> None:
    found = table([Cell("a form", box=(0, 0, 60, 10))])
    tables.styled(found, [line("a form", link="https://x.org/a b")])
    assert found.rows[0][0].markdown == "[a form](https://x.org/a%20b)"


def test_it_puts_links_into_cells_of_html() -> None:
    found = table([Cell("a <form>", columns=2, box=(0, 0, 60, 10))])
    tables.styled(found, [line("a <form>", link='https://x.org/?a=1&b="')])
    link = '<a href="https://x.org/?a=1&amp;b=&quot;">a &lt;form&gt;</a>'
    assert tables.markdown(found) == f'<table>\n<tr><td colspan="2">{link}</td></tr>\n</table>'


def test_it_finds_columns_by_their_places() -> None:
    lines = [line(text, x, 20 * n) for n in range(4) for text, x in ((f"key {n}", 0), (f"value {n}", 100))]
    found = grids.table([line("A title over both columns", 20, -20), *lines])
    assert found
    assert [[cell.text for cell in row] for row in found.rows][1:3] == [["key 0", "value 0"], ["key 1", "value 1"]]
    assert found.rows[0][0].columns == 2


def test_it_joins_the_second_line_of_a_cell() -> None:
    lines = [line(text, x, 20 * n) for n in range(4) for text, x in ((f"key {n}", 0), (f"value {n}", 100))]
    found = grids.table([*lines, line("goes on", 100, 71)])
    assert found
    assert found.rows[-1][1].text == "value 3 goes on"


def test_it_sees_no_table_in_running_text() -> None:
    assert grids.table([line("words " * 8, 0, 12 * n) for n in range(9)]) is None


def test_it_doubts_columns_in_pictures_that_are_not_flush() -> None:
    loose = [line("word", x, 20 * n) for n in range(6) for x in (15 * n, 200 + 37 * (n % 3))]
    assert grids.aligned(loose) is None


def test_it_splits_a_table_that_the_finder_took_for_one_column() -> None:
    lines = [line(text, x, 20 * n) for n in range(4) for text, x in ((f"key {n}", 0), (f"value {n}", 100))]
    flat = Table((0, 0, 200, 80), [[Cell(f"key {n} value {n}")] for n in range(4)])
    (given,) = tables.given([block("table", *lines)], [flat])
    assert given.table
    assert len(given.table.rows[0]) == 2


def test_it_takes_a_frame_around_a_drawing_for_no_table() -> None:
    framed = table([Cell("R1 10K " * 80, box=BOX), Cell("Title")])
    (given,) = tables.given([Block("table", BOX, [line("R1 10K")])], [framed])
    assert (given.kind, given.table) == ("picture", None)


def test_it_makes_text_of_a_table_of_one_column() -> None:
    flat = table([Cell("one")], [Cell("two")])
    (given,) = tables.given([Block("table", BOX, [line("one"), line("two", y=20)])], [flat])
    assert (given.kind, given.table) == ("text", None)


def test_it_cleans_the_signs_of_cells() -> None:
    place = SimpleNamespace(text=" ﬁrst\nIntroduction . . . . . . . . 7", rowspan=1, colspan=1, tag="td", bbox=None)
    (made,) = tables.from_finder([SimpleNamespace(bbox=BOX, placements=[[place]])])
    assert made.rows[0][0].text == "first\nIntroduction … 7"
