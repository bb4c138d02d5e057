"""The rules of `fast` for rows, columns and what is beside the text."""

import pytest

from jobs.engines.fast_rules.aligned import Setting, is_prose
from jobs.engines.fast_rules.bands import Band, bands, columns, rows
from jobs.engines.fast_rules.composing import cell, pieces
from jobs.engines.fast_rules.headings import Looks
from jobs.engines.fast_rules.order import Flow, Region, Sides, regions
from jobs.engines.fast_rules.pieces import Block, Line, Run, Sheet, Style, line_of
from jobs.engines.fast_rules.tables import Table

LONG = "Words enough to fill a line of a column."


def line(text: str, x0: float, y0: float, x1: float = 0.0, **style: bool) -> Line:
    """A line of 10 points; as long as its letters need unless `x1` is given."""
    end = x1 or x0 + 5 * len(text)
    return line_of([Run(text, Style(10.0, **style), x0, end)], x0, y0, end, y0 + 10)


def column(x0: float, x1: float, count: int, name: str, top: float = 100) -> list[Line]:
    return [line(f"{name}{number} {LONG}", x0, top + 12 * number, x1) for number in range(count)]


def read(*lines: Line) -> list[Region]:
    return regions(lines, Setting([], cell))


def words(region: Region) -> list[str]:
    assert isinstance(region, Flow)
    return [line.text.split()[0] for line in region.lines]


def test_it_puts_pieces_of_one_height_in_a_row() -> None:
    found = rows([line("b", 200, 101), line("a", 50, 100), line("c", 50, 115)])
    assert [[atom.text for atom in row.atoms if isinstance(atom, Line)] for row in found] == [["a", "b"], ["c"]]


def test_it_ends_a_gutter_at_a_line_across() -> None:
    lines = [line("title", 50, 80, 500), *column(50, 260, 5, "l"), *column(290, 500, 5, "r")]
    found = bands(rows(lines), 10)
    assert [(len(band.rows), len(band.gutters)) for band in found] == [(1, 0), (5, 1)]


def test_it_does_not_take_two_wide_spaces_for_a_gutter() -> None:
    wide = [line("one", 50, 100 + 12 * row, 200) for row in range(2)]
    other = [line("two", 220, 100 + 12 * row, 500) for row in range(2)]
    assert [band.gutters for band in bands(rows([*wide, *other]), 10)] == [[]]


def test_it_sorts_the_pieces_of_a_band_into_columns() -> None:
    (band,) = bands(rows([*column(50, 260, 4, "l"), *column(290, 500, 4, "r")]), 10)
    assert [len(part) for part in columns(Band(band.rows, band.gutters))] == [4, 4]


def test_it_reads_the_left_column_first() -> None:
    found = read(*column(50, 260, 5, "l"), *column(290, 500, 5, "r"))
    assert [words(region) for region in found] == [[f"l{n}" for n in range(5)], [f"r{n}" for n in range(5)]]


def test_it_makes_a_table_of_short_pieces() -> None:
    cells = [line(text, x, 100 + 15 * row) for row in range(3) for x, text in ((50, "a"), (150, "b"), (250, "c"))]
    (found,) = read(*cells)
    assert isinstance(found, Table)
    assert found.rows == [["a", "b", "c"]] * 3


def test_it_makes_no_table_of_equations() -> None:
    pieces = [(50, "x"), (100, "="), (150, "y"), (200, "+"), (250, "1")]
    found = read(*(line(text, x, 100 + 15 * row) for row in range(3) for x, text in pieces))
    assert [type(region) for region in found] == [Flow]


def test_it_joins_the_lines_of_a_cell() -> None:
    first = [line("Oak", 50, 100), line("a big tree", 150, 100), line("x", 300, 100)]
    second = [line("with leaves", 150, 111)]
    third = [line("Fir", 50, 130), line("another", 150, 130), line("y", 300, 130)]
    fourth = [line("with needles", 150, 141)]
    (found,) = read(*first, *second, *third, *fourth)
    assert isinstance(found, Table)
    assert found.rows == [["Oak", "a big tree with leaves", "x"], ["Fir", "another with needles", "y"]]


def test_it_makes_a_table_of_terms_and_what_they_mean() -> None:
    terms = [line(f"term{number}", 50, 100 + 48 * number) for number in range(4)]
    meanings = [line(f"meaning{number} {LONG}", 150, 100 + 12 * number, 400) for number in range(16)]
    (found,) = read(*terms, *meanings)
    assert isinstance(found, Table)
    assert [row[0] for row in found.rows] == ["term0", "term1", "term2", "term3"]
    assert found.rows[1][1].startswith("meaning4")


def test_it_keeps_remarks_beside_the_text() -> None:
    (found,) = read(line("Note", 50, 124, bold=True), line("this", 50, 136), *column(150, 400, 9, "t", 100))
    assert isinstance(found, Sides)
    assert found.before
    assert [piece.text for piece in found.side] == ["Note", "this"]


@pytest.mark.parametrize(("x1", "prose"), [(260, True), (120, False)])
def test_it_knows_running_text_by_its_full_lines(x1: float, prose: bool) -> None:
    lines = [line(LONG, 50, 100 + 12 * number, 260 if number == 0 else x1) for number in range(6)]
    assert is_prose(lines) is prose


def test_it_keeps_the_numbers_of_contents_with_their_titles() -> None:
    rows_ = [
        [line(f"4.{at}", 50, 100 + 12 * at), line(f"Title{at} ........ {at}", 120, 100 + 12 * at)] for at in range(5)
    ]
    (flow,) = read(*(piece for row in rows_ for piece in row))
    assert words(flow)[:4] == ["4.0", "Title0", "4.1", "Title1"]


def test_it_reads_an_index_by_its_columns() -> None:
    left = [line(f"apple{at} ........ {at}", 50, 100 + 12 * at, 250) for at in range(6)]
    right = [line(f"pear{at} ........ {at}", 300, 100 + 12 * at, 500) for at in range(6)]
    found = [word for region in read(*left, *right) for word in words(region)]
    assert found[:2] + found[6:8] == ["apple0", "apple1", "pear0", "pear1"]


def kinds(lines: list[Line], strokes: int) -> set[str]:
    found = pieces(Sheet(600, 800, lines, [], [], strokes=strokes), lines, Looks(bookmarks={"codec": 1}))
    return {piece.kind for piece in found if isinstance(piece, Block)}


def test_it_takes_the_labels_of_a_drawing_for_no_headings() -> None:
    labels = [line(f"U{n}", 40 * n, 200 + 30 * n) for n in range(5)] + [line("FLASH", 300, 100, bold=True)]
    assert kinds(labels, strokes=100) == {"text"}
    assert kinds(labels, strokes=0) == {"text", "heading"}
    assert kinds([*labels, line("CODEC", 300, 60, bold=True)], strokes=100) == {"text", "heading"}


def test_it_joins_the_lines_of_a_list_that_is_broken_anywhere() -> None:
    assert cell([line("R1,R2,R13,R", 50, 100), line("14,R15", 50, 112)]) == "R1,R2,R13,R14,R15"
