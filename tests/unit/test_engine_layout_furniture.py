"""Running headers, footers and page numbers."""

from jobs.engines.layout_passes import furniture
from jobs.engines.layout_passes.shapes import Block, Page
from tests.unit.test_engine_layout_shapes import block, line, names

BODY = block("text", *(line("plenty of words on the page " * 3, y=300 + 12 * n) for n in range(10)))


def kept(*blocks: Block, elsewhere: tuple[str, ...] = ()) -> list[Block]:
    page, keys = Page(600, 800, [*blocks, BODY]), {furniture.key(line(text)) for text in elsewhere}
    return [block for block in furniture.dropped(furniture.marked(page, keys, 10), keys).blocks if block is not BODY]


def test_it_drops_what_the_net_took_for_a_header() -> None:
    assert kept(block("header", line("A Book", y=20))) == []


def test_it_drops_what_comes_back_on_other_pages() -> None:
    head = block("text", line("Chapter 3  Page 17", y=20))
    assert kept(head, elsewhere=("Chapter 3  Page 18",)) == []


def test_it_keeps_what_comes_back_in_the_middle_of_the_page() -> None:
    assert names(kept(block("text", line("Note", y=200)), elsewhere=("Note",))) == ["Note"]


def test_it_keeps_a_big_title_that_comes_back_small() -> None:
    title = block("text", line("A Book of Trees", y=20, size=24))
    assert names(kept(title, elsewhere=("A Book of Trees",))) == ["A Book of Trees"]


def test_it_drops_page_numbers() -> None:
    assert kept(block("text", line("- 17 -", y=780))) == []
    assert kept(block("text", line("xiv", y=780))) == []


def test_it_makes_a_big_title_at_the_top_a_heading() -> None:
    (title,) = kept(block("header", line("Running a Program", y=20, size=16)))
    assert title.kind == "heading"


def test_it_keeps_a_page_that_is_nothing_else() -> None:
    page = Page(600, 800, [block("header", line("A divider", y=20))])
    assert names(furniture.dropped(page, set()).blocks) == ["A divider"]


def test_it_keeps_doubtful_furniture_that_is_much_of_the_page() -> None:
    page = Page(600, 800, [block("footer", line("words " * 20, y=780)), block("text", line("little", y=300))])
    assert len(furniture.dropped(page, set()).blocks) == 2


def test_it_parts_a_title_from_the_header_above_it() -> None:
    both = block("heading", line("Form 7", y=20), line("For pilots", y=34), line("Part B", y=60))
    assert names(kept(both, elsewhere=("Form 7", "For pilots"))) == ["Part B"]


def test_it_parts_no_page_number_from_its_header() -> None:
    both = block("text", line("A Book of Trees", y=20), line("17", y=34))
    assert kept(both, elsewhere=("A Book of Trees", "16")) == []
