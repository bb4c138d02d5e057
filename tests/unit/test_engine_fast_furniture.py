"""The rules of `fast` for headers, footers and page numbers, for the looks of a document, and for doubts."""

from typing import Any

import pytest

from jobs.engines.fast_rules import census, doubts, furniture
from jobs.engines.fast_rules.headings import Looks
from jobs.engines.fast_rules.pieces import Line, Run, Sheet, Style, line_of
from jobs.engines.fast_rules.tables import Table


def line(text: str, y0: float, x0: float = 72, size: float = 10.0) -> Line:
    x1 = x0 + 0.5 * size * len(text)
    return line_of([Run(text, Style(size), x0, x1)], x0, y0, x1, y0 + size)


def sheet(*lines: Line) -> Sheet:
    return Sheet(600, 800, list(lines), [], [])


BODY = [line("Running text of a page, and more of it.", 200 + 12 * number) for number in range(20)]


def kept(page: Sheet, *peers: Sheet) -> list[str]:
    """The texts that stay besides the body."""
    edges = [lambda peer=peer: furniture.edges(peer) for peer in peers]
    return [left.text for left in furniture.without(page, edges) if left not in BODY]


def test_it_drops_a_header_that_a_neighbour_has() -> None:
    page, peer = sheet(line("Chapter 7", 40), *BODY), sheet(line("Chapter 8", 41), *BODY)
    assert kept(page, peer) == []
    assert kept(page) == ["Chapter 7"]


def test_it_keeps_a_title_that_stands_elsewhere_on_the_neighbour() -> None:
    assert kept(sheet(line("Foxes", 40), *BODY), sheet(line("Foxes", 80), *BODY)) == ["Foxes"]


@pytest.mark.parametrize("text", ["12", "- 12 -", "xiv", "Page 3 of 7", "3/7", "Seite 3"])
def test_it_drops_page_numbers(text: str) -> None:
    assert kept(sheet(*BODY, line(text, 770))) == []


@pytest.mark.parametrize("text", ["In 1998", "1998 was a good year", "Page after page"])
def test_it_keeps_words_with_numbers(text: str) -> None:
    assert kept(sheet(*BODY, line(text, 770))) == [text]


def test_it_drops_what_a_browser_prints() -> None:
    assert kept(sheet(line("10/1/24, 3:42 PM", 20), *BODY)) == []


def test_it_never_drops_most_of_a_page() -> None:
    page = sheet(line("The only line of a cover", 40))
    assert kept(page, page) == ["The only line of a cover"]


def test_it_drops_nothing_from_an_empty_page() -> None:
    assert furniture.without(sheet(), []) == []


def page(*texts: tuple[str, float]) -> dict[str, Any]:
    """A page as PyMuPDF's dictionary, of texts and their sizes."""
    spans = [{"text": text, "size": size, "font": "F", "flags": 0} for text, size in texts]
    return {"blocks": [{"type": 0, "lines": [{"spans": [span]} for span in spans]}, {"type": 3}]}


def test_it_counts_what_is_usual() -> None:
    prose = [("A line of running text that is long enough.", 10.0)] * 5
    looks = census.looks([page(*prose, ("A title", 20.0), ("A lesser one", 14.0))], [(2, "Of Dogs")])
    assert (looks.body, looks.sizes, looks.bold) == (10.0, [20.0, 14.0], False)
    assert looks.bookmarks == {"ofdogs": 2}


def test_it_does_not_take_cells_for_the_text() -> None:
    cells = [("cell", 8.0)] * 30
    assert census.looks([page(*cells, ("A line of running text that is long enough.", 10.0))], []).body == 10.0


def test_it_takes_the_text_of_a_page_that_is_printed_bigger() -> None:
    bigger = sheet(*(line("Running text", 100 + 12 * number, size=11.5) for number in range(9)))
    assert census.on_page(Looks(body=10.0), bigger).body == 11.5
    assert census.on_page(Looks(body=6.0), bigger).body == 6.0


@pytest.mark.parametrize(("count", "pages"), [(1, [0]), (3, [0, 1, 2]), (101, [0, 25, 50, 75])])
def test_it_samples_pages_all_over_the_document(count: int, pages: list[int]) -> None:
    assert census.sample(count) == pages


WIDE = Table(0, 0, 1, 1, [["a", "b", "c", "d"]], ruled=False)


def doubt(page: Sheet, *tables: Table, pictures: float = 0.0) -> str | None:
    return doubts.doubt(page, tables, lambda: pictures)


def test_it_doubts_what_rules_cannot_do() -> None:
    assert doubt(sheet(*BODY)) is None
    assert doubt(sheet()) == "no text"
    assert doubt(sheet(*BODY), WIDE) == "a table without rules"
    assert doubt(sheet(line("Only a caption below", 700)), pictures=0.6) == "a picture"
    assert doubt(sheet(*BODY, *BODY), pictures=0.6) is None
    assert doubt(sheet(line("\ue001\ue002\ue003 and a few words more", 100))) == "letters without meaning"
    assert doubt(Sheet(600, 800, BODY, BODY, [])) == "turned text"
    assert doubt(Sheet(600, 800, BODY, [], [], hidden=5000)) == "text of a scan"
