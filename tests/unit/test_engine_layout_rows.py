"""Rows of tables: what is joined and what is dropped."""

from jobs.engines.layout_passes import rows, tables
from jobs.engines.layout_passes.shapes import Cell, Line, Table
from tests.unit.test_engine_layout_shapes import block, line


def drawn(*texts: tuple[str, str, float], head: bool = False) -> tuple[Table, list[Line]]:
    """A table of two columns, each row with its two texts and its top; and the lines of the page."""
    made: list[list[Cell]] = []
    lines: list[Line] = []
    for left, right, top in texts:
        cells = [Cell(left, box=(0, top, 100, top + 10)), Cell(right, box=(100, top, 200, top + 10))]
        cells[0].head = cells[1].head = head and not made
        made.append(cells)
        lines += [line(text, x, top) for text, x in ((left, 0), (right, 100)) if text]
    return Table((0, 0, 200, 200), made), lines


def texts(table: Table) -> list[list[str]]:
    return [[tables.one_line(cell.text) for cell in row] for row in table.rows]


def test_it_joins_the_lines_of_a_cell() -> None:
    table, lines = drawn(("a", "one", 0), ("b", "two", 20), ("", "goes on", 31), ("c", "three", 51), ("d", "four", 71))
    assert texts(rows.joined(table, lines))[1] == ["b", "two goes on"]


def test_it_joins_the_lines_of_a_head() -> None:
    table, lines = drawn(
        ("Gross", "Net", 0), ("weight", "weight", 11), ("1", "2", 31), ("3", "4", 51), ("5", "6", 71), head=True
    )
    assert texts(rows.joined(table, lines))[0] == ["Gross weight", "Net weight"]


def test_it_leaves_rows_that_all_stand_close() -> None:
    table, lines = drawn(
        ("a", "one", 0), ("", "two", 11), ("b", "three", 22), ("", "four", 33), ("c", "five", 44), ("d", "six", 55)
    )
    assert len(rows.joined(table, lines).rows) == 6


def test_it_leaves_rows_that_fill_other_cells() -> None:
    table, lines = drawn(("a", "1", 0), ("b", "", 20), ("", "2", 31), ("c", "3", 51), ("d", "4", 71))
    assert len(rows.joined(table, lines).rows) == 5


def test_it_drops_what_is_empty() -> None:
    form = Table(
        (0, 0, 9, 9),
        [
            [Cell("Applicant", columns=4)],
            [Cell("Name"), Cell(""), Cell("Date"), Cell("")],
            [Cell("", columns=4)],
        ],
    )
    found = rows.trimmed(form)
    assert texts(found) == [["Applicant"], ["Name", "Date"]]
    assert found.rows[0][0].columns == 2


def test_it_keeps_the_empty_columns_of_a_plain_grid() -> None:
    grid = Table((0, 0, 9, 9), [[Cell("a"), Cell("")], [Cell("b"), Cell("")]])
    assert rows.trimmed(grid).rows == grid.rows


def test_it_knows_the_columns_below_a_cell_that_spans_rows() -> None:
    tall = Table((0, 0, 9, 9), [[Cell("a", rows=2), Cell("b"), Cell("", columns=2)], [Cell("c"), Cell(""), Cell("d")]])
    assert texts(rows.trimmed(tall)) == [["a", "b", ""], ["c", "d"]]


def test_it_writes_no_line_twice() -> None:
    words = [line("one", 0, 0), line("two", 0, 20)]
    table = Table((0, 0, 200, 100), [[Cell("one"), Cell("other words")], [Cell("more"), Cell("of this table")]])
    found = tables.given([block("text", *words[:1]), block("table", line("more", 0, 50), line("words", 150, 90))], [])
    assert [one.kind for one in found] == ["text", "text"]
    area = block("table", line("x", 0, 0), line("y", 190, 90))
    found = tables.given([block("text", *words[:1]), area], [table])
    assert [one.kind for one in found] == ["table"]


def test_it_lets_a_table_go_that_is_mostly_a_list() -> None:
    items = block("list", line("1. We understand that the estimate may change."), line("2. We agree to it.", y=20))
    area = block("table", line("Name", 0, 40), line("Date", 270, 90))
    table = Table(
        (0, 0, 300, 100),
        [[Cell("1. We understand that the"), Cell("estimate may change.")], [Cell("Name"), Cell("Date")]],
    )
    assert [one.kind for one in tables.given([items, area], [table])] == ["list", "text"]
