"""What keeps the rules of `fast` in bounds on pages that hold more than any page does."""

from jobs.engines.fast_rules import links, nesting
from jobs.engines.fast_rules.aligned import voted
from jobs.engines.fast_rules.bands import Band, Row, Span
from jobs.engines.fast_rules.pieces import Line, Rule, Run, Style, line_of
from jobs.engines.fast_rules.shelves import Pile, Shelves


def line(text: str, y0: float, x0: float = 50, x1: float = 150, height: float = 10) -> Line:
    return line_of([Run(text, Style(10.0), x0, x1)], x0, y0, x1, y0 + height)


LINES = [line("a", 700), line("b", 100), line("c", 400, x0=300, x1=400), line("tall", 90, height=600)]


def test_it_finds_the_lines_at_a_height() -> None:
    shelves = Shelves(LINES)
    assert [found.text for found in shelves.across(105)] == ["b", "tall"]
    assert [found.text for found in shelves.across(405)] == ["c", "tall"]
    assert shelves.across(2000) == Shelves([]).across(5) == []


def test_it_takes_the_lines_in_a_box_once() -> None:
    pile = Pile(LINES)
    found = pile.inside(Rule(0, 50, 200, 750))
    assert [piece.text for piece in found.values()] == ["a", "b", "tall"]
    pile.take(found)
    assert [piece.text for piece in pile] == ["c"]
    assert (len(pile), list(pile.inside(Rule(0, 0, 900, 900)))) == (1, [2])


def test_it_nests_no_deeper_than_anybody_reads() -> None:
    assert nesting.depths([10.0 * step for step in range(1000)])[-1] == 9


def test_it_puts_no_more_links_on_a_line_than_anybody_sets() -> None:
    piece = line("word " * 500, 100, 0, 15_000)
    links.linked([piece], [links.Link(30 * at, 100, 30 * at + 22, 110, "https://x.org") for at in range(500)])
    assert sum(bool(run.link) for run in piece.runs) == 100


def test_it_finds_gutters_that_nearly_all_rows_leave_free() -> None:
    two: list[Span] = [(50, 90), (100, 140)]
    one: list[Span] = [(50, 140)]
    rows = []
    for at, spans in enumerate([*[two] * 9, one]):
        rows.append(Row(12.0 * at, 12.0 * at + 10, [line("x", 12.0 * at, *span) for span in spans], spans))
    assert voted(Band(rows, [])) == [(90, 100)]
