"""Pictures cut out of whole pages, by both engines."""

import re
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from jobs.engines import Markdown
from tests import pdfs
from tests.unit.conftest import Convert

LINK = re.compile(r"^!\[(.*)\]\(images/(.*)\)$", re.M)


@pytest.fixture
def convert(convert: Convert) -> Convert:
    """`convert(engine, pdf, number, **options)`, with images."""
    return partial(convert, images=True)


def pixels(page: Markdown, number: int = 0) -> Any:
    import pymupdf

    return pymupdf.Pixmap(b64decode(page.pictures[number].data))


def drawn(draw: Callable[[Any], object], width: float = 600, height: float = 800) -> bytes:
    import pymupdf

    with pymupdf.open() as pdf:
        draw(pdf.new_page(width=width, height=height))
        return bytes(pdf.tobytes())


def test_it_cuts_pictures_and_drawings(convert: Convert, engine: str) -> None:
    page = convert(engine, pdfs.illustrated())
    assert LINK.findall(page.text) == [
        ("Figure 1: A photo of stripes", "page-00001-01.png"),
        ("Picture 2 on page 1", "page-00001-02.png"),
    ]
    assert [picture.name for picture in page.pictures] == ["page-00001-01.png", "page-00001-02.png"]
    photo = pixels(page)
    assert (photo.width, photo.height) == (page.pictures[0].width, page.pictures[0].height)
    assert photo.width == pytest.approx(202 * 150 / 72, abs=15)
    assert len({photo.pixel(x, photo.height // 2) for x in range(10, photo.width - 10)}) > 20


def test_it_puts_them_where_they_are_read(convert: Convert, engine: str) -> None:
    text = convert(engine, pdfs.illustrated()).text
    order = ["The first", "![Figure", "\n\nFigure 1", "The second", "![Picture", "The last"]
    assert sorted(order, key=text.index) == order
    assert "\n\n![Picture 2 on page 1](images/page-00001-02.png)\n\n" in text


def test_it_lets_a_drawing_stand_for_its_labels(convert: Convert, engine: str) -> None:
    assert "start" in convert(engine, pdfs.illustrated(), images=False).text
    assert "start" not in convert(engine, pdfs.illustrated()).text


def test_it_tells_them_among_the_blocks(convert: Convert, engine: str) -> None:
    page = convert(engine, pdfs.illustrated())
    photo, drawing = (block for block in page.blocks if block["type"] == "picture")
    assert (photo["image"], drawing["image"]) == ("page-00001-01.png", "page-00001-02.png")
    assert [block["text"] for block in page.blocks if block["type"] == "caption"] == ["Figure 1: A photo of stripes"]
    assert photo["bbox"] == pytest.approx([151, 120, 349, 250], abs=8)
    assert page.text[drawing["at"] : drawing["to"]] == "![Picture 2 on page 1](images/page-00001-02.png)"
    places = [(block["at"], block["to"]) for block in page.blocks]
    assert places == sorted(places)


def test_it_changes_nothing_unless_asked(convert: Convert, engine: str) -> None:
    page = convert(engine, pdfs.illustrated(), images=False)
    assert page.pictures == []
    assert "![" not in page.text


def test_it_joins_the_page_as_before(convert: Convert, engine: str) -> None:
    page = convert(engine, pdfs.illustrated())
    last = page.seams["last"]
    assert page.text[last["at"] : last["to"]] == "The last sentence of a page stands below its pictures."


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_it_cuts_them_as_people_see_them(convert: Convert, engine: str, degrees: int) -> None:
    page = convert(engine, pdfs.turned(degrees))
    photo = pixels(page)
    assert photo.width > photo.height
    left, right = photo.pixel(12, 50), photo.pixel(photo.width - 12, 50)
    assert left[2] > 200 > right[2]  # from blue to red
    assert right[0] > 200 > left[0]


def test_it_gives_the_picture_that_a_page_is(convert: Convert, engine: str) -> None:
    page = convert(engine, drawn(lambda page: page.insert_image(page.rect, stream=pdfs.photo())))
    assert page.text == "![Picture 1 on page 1](images/page-00001-01.png)"
    assert (page.source, page.seams) == ("none", {})
    (warning,) = page.warnings
    assert "no text" in warning


def test_it_takes_equal_pictures_once(convert: Convert, engine: str) -> None:
    def draw(page: Any) -> None:
        page.insert_text((72, 60), "Two pictures that are the same stand below this line of text.")
        for top in (100, 400):
            page.insert_image((100, top, 300, top + 134), stream=pdfs.photo())
        page.insert_text((72, 300), "And this line of text stands between the two of them.")

    page = convert(engine, drawn(draw))
    assert len(page.pictures) == 1
    assert [name for _, name in LINK.findall(page.text)] == ["page-00001-01.png"] * 2


def test_it_leaves_out_what_is_no_picture(convert: Convert, engine: str) -> None:
    def draw(page: Any) -> None:
        page.draw_rect(page.rect, fill=(0.9, 0.9, 1))  # background
        page.insert_image((72, 300, 84, 312), stream=pdfs.photo(12, 12))  # bullet
        page.insert_image((500, 10, 560, 40), stream=pdfs.photo())  # logo at the edge
        page.draw_line((72, 106), (300, 106))  # underline
        page.insert_text((72, 104), "A line of text that is underlined stands here.")
        page.draw_rect((60, 400, 540, 520), fill=(1, 1, 0.8))  # box around text
        page.insert_textbox((72, 410, 530, 510), "A box with text that explains something. " * 8)

    page = convert(engine, drawn(draw))
    assert page.pictures == []
    assert "A box with text" in page.text


def test_it_leaves_tables_alone(convert: Convert, engine: str) -> None:
    page = convert(engine, pdfs.table())
    assert page.pictures == []
    assert "Fruit" in page.text


def test_it_keeps_text_that_stands_on_a_picture(convert: Convert, engine: str) -> None:
    """A background: it says nothing and hides nothing."""

    def draw(page: Any) -> None:
        page.insert_image(page.rect, stream=pdfs.photo(), keep_proportion=False)
        page.draw_rect((50, 50, 550, 400), fill=(1, 1, 1))
        page.insert_textbox((72, 72, 530, 380), "Text that is set on a picture of the size of the page. " * 12)

    page = convert(engine, drawn(draw), ocr="never")
    assert page.pictures == []
    assert " ".join(page.text.split()).count("set on a picture") == 12


def test_it_bounds_what_it_cuts(convert: Convert, engine: str) -> None:
    def draw(page: Any) -> None:
        page.insert_text((72, 30), "Fifty pictures stand on this page, each of them another one.")
        for row in range(10):
            for column in range(5):
                left, top = 30 + 110 * column, 50 + 68 * row
                page.insert_image(
                    (left, top, left + 70, top + 46), stream=pdfs.photo(60, 40, shade=7 * (5 * row + column))
                )

    page = convert(engine, drawn(draw))
    assert len(page.pictures) == 40
    assert page.warnings == ["Page 1 has too many or too large pictures; 10 of them are left out."]
    assert len(LINK.findall(page.text)) == 40


def test_it_cuts_figures_out_of_a_scan_that_lay_on_its_side(convert: Convert) -> None:
    import pymupdf

    with pymupdf.open("pdf", pdfs.turned(0)) as source:
        scan = source[0].get_pixmap(dpi=150).tobytes("png")
    page = convert("layout", drawn(lambda page: page.insert_image(page.rect, stream=scan, rotate=90), 410, 515))
    assert page.source == "ocr"
    assert "Words to be found" in page.text
    for picture in page.pictures:
        assert picture.width < 900  # never the scan itself
