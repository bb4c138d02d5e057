"""What `fast` says of a page so that it can be joined to its neighbours."""

from typing import Any

from jobs.engines.fast_rules.headings import Looks
from jobs.engines.fast_rules.pieces import Block, Line, Run, Style, line_of
from jobs.engines.fast_rules.rendering import Piece
from jobs.engines.fast_rules.seams import seams
from jobs.engines.fast_rules.tables import Table

LOOKS = Looks(body=10.0)


def line(text: str, y0: float, x1: float = 300, size: float = 10.0, *, bold: bool = False) -> Line:
    return line_of([Run(text, Style(size, bold=bold), 50, x1)], 50, y0, x1, y0 + size)


def paragraph(end: str, x1: float = 300, size: float = 10.0) -> Block:
    return Block("text", [line("a line that is full", 100, size=size), line(end, 112, x1, size)])


def table() -> Table:
    return Table(50, 200, 300, 300, [["a", "b"], ["c", "d"]])


def ends(*pieces: Piece) -> tuple[Any, Any]:
    """Which of the pieces are the first and the last of the running text."""
    places = [(10 * at, 10 * at + 5) for at in range(len(pieces))]
    found = seams(pieces, places, LOOKS)
    return tuple(found[name]["at"] // 10 if name in found else None for name in ("first", "last"))  # type: ignore[return-value]


def test_it_takes_no_footnote_for_the_end() -> None:
    assert ends(paragraph("text"), Block("text", [line("a note", 700, size=8)])) == (0, 0)


def test_it_takes_no_caption_for_the_end() -> None:
    caption = Block("text", [line("Figure 2. A dog", 300, bold=True)])
    assert ends(caption, paragraph("text"), caption) == (1, 1)
    assert ends(paragraph("text"), Block("text", [line("Figure 2 shows a dog", 300)])) == (0, 1)


def test_it_lets_a_table_float_that_has_a_title() -> None:
    title = Block("text", [line("Table 1 Dogs", 100)])
    assert ends(title, table(), paragraph("text")) == (2, 2)
    assert ends(table(), paragraph("text")) == (0, 1)


def test_it_lets_a_table_go_on_at_the_end_of_a_page_unless_a_sentence_does() -> None:
    title = Block("text", [line("Table 1 Dogs", 100)])
    assert ends(paragraph("It ends."), title, table()) == (0, 2)
    assert ends(paragraph("it goes on"), title, table()) == (0, 0)


def test_it_tells_a_page_of_tables_from_one_of_small_print() -> None:
    title, note = Block("text", [line("Table 1 Dogs", 100, size=8)]), paragraph("what is meant", size=7)
    assert ends(title, table(), note) == (None, None)
    assert ends(note) == (0, 0)


def test_it_measures_a_last_line_by_its_column() -> None:
    def full(last: Block) -> bool:
        return bool(seams([paragraph("text"), last], [(0, 4), (6, 9)], LOOKS)["last"]["full"])

    assert full(Block("text", [line("a line as long as others", 200)]))
    assert not full(Block("text", [line("x = 1", 200, 120)]))
    assert not seams([Block("text", [line("alone", 200)])], [(0, 5)], LOOKS)["last"]["full"]
