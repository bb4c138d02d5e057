"""What the engines tell of a page's parts: types, places in the text, boxes where people see them."""

from typing import Any

import pytest

from jobs.engines import Markdown, parts
from tests import pdfs
from tests.unit.conftest import Convert


def opened(data: bytes) -> Any:
    import pymupdf

    return pymupdf.open("pdf", data)


def seen(data: bytes, words: str) -> Any:
    """Where people see `words` on the first page."""
    with opened(data) as pdf:
        page = pdf[0]
        return page.search_for(words)[0] * page.rotation_matrix


def lies_on(bbox: list[float], words: Any) -> bool:
    """Whether a box is that of the words: the engines measure letters, and PyMuPDF's search whole lines of them."""
    import pymupdf

    box = pymupdf.Rect(bbox)
    grown = pymupdf.Rect(words.x0 - 3, words.y0 - 5, words.x1 + 3, words.y1 + 5)
    return box in grown and bool(abs(box & words) > 0.4 * abs(words))


def block(page: Markdown, kind: str) -> dict[str, Any]:
    return next(block for block in page.blocks if block["type"] == kind)


def mixed_page() -> bytes:
    """A heading, a paragraph with a word cut in two, a nested list, a listing, and a table with a cell that spans."""
    with opened(pdfs.pages(1)) as pdf:
        pdf.delete_page(0)
        page = pdf.new_page()
        page.insert_text((72, 72), "A heading", fontsize=20)
        page.insert_text((72, 110), "A paragraph that is long enough to run over the end of its line with a hyphen-")
        page.insert_text((72, 124), "ated word in it, and then goes on for a little while until it comes to its end.")
        for y, x, text in ((160, 72, "one of the items"), (176, 90, "below the first"), (192, 72, "two of the items")):
            page.insert_text((x, y), f"\u2022 {text}", fontname="helv")
        for y, text in ((230, "def answer():"), (244, "    return 42")):
            page.insert_text((72, y), text, fontname="cour")
        return bytes(pdf.tobytes())


def test_it_tells_every_part_in_order(convert: Convert, engine: str) -> None:
    page = convert(engine, mixed_page())
    assert [each["type"] for each in page.blocks] == ["heading", "text", "list", "list", "list", "code"]
    assert [each["text"] for each in page.blocks] == [
        "A heading",
        "A paragraph that is long enough to run over the end of its line with a hyphenated word in it, and then goes "
        "on for a little while until it comes to its end.",
        "one of the items",
        "below the first",
        "two of the items",
        "def answer():\n    return 42",
    ]
    assert [each["level"] for each in page.blocks if "level" in each] == [1, 0, 1, 0]


def test_it_says_where_each_part_stands_in_the_text(convert: Convert, engine: str) -> None:
    page = convert(engine, mixed_page())
    written = [page.text[each["at"] : each["to"]] for each in page.blocks]
    assert written[0] == "# A heading"
    assert written[-1] == "```\ndef answer():\n    return 42\n```"
    assert [text.strip() for text in written[2:5]] == ["- one of the items", "- below the first", "- two of the items"]


def test_it_tells_cells(convert: Convert, engine: str) -> None:
    page = convert(engine, pdfs.table())
    table = block(page, "table")
    assert [[cell["text"] for cell in row] for row in table["cells"]] == [
        ["Fruit", "Price"],
        ["apple", "1"],
        ["pear", "2"],
    ]
    assert [[cell["head"] for cell in row] for row in table["cells"]] == [[True] * 2, [False] * 2, [False] * 2]
    assert table["text"] == "Fruit\tPrice\napple\t1\npear\t2"
    left, top, right, bottom = table["bbox"]
    assert (68 < left < 80, 96 < top < 118, 240 < right < 376, 178 < bottom < 194) == (True,) * 4


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_it_puts_boxes_where_people_see_the_words(convert: Convert, engine: str, degrees: int) -> None:
    data = pdfs.turned(degrees)
    page = convert(engine, data)
    with opened(data) as pdf:
        assert (page.frame["width"], page.frame["height"]) == (pdf[0].rect.width, pdf[0].rect.height)
    found = next(each for each in page.blocks if "Words to be found" in each["text"])
    assert lies_on(found["bbox"], seen(data, "Words to be found"))
    assert "Hidden" not in page.text
    assert page.frame["turned"] == 0


def test_it_tells_boxes_of_text_that_lies_on_its_side(convert: Convert) -> None:
    """`fast` reads it as if the page were turned; people see it as it is."""
    with opened(pdfs.pages(1)) as pdf:
        pdf.delete_page(0)
        page = pdf.new_page(width=400, height=600)
        for line in range(4):
            page.insert_text((100 + 20 * line, 500), "A line of a paragraph that climbs up the page", rotate=90)
        data = bytes(pdf.tobytes())
    found = convert("fast", data).blocks[0]
    left, top, right, bottom = found["bbox"]
    assert (80 < left < 110, 150 < right < 170, 480 < bottom < 510, top < 350) == (True,) * 4


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_it_tells_how_a_scan_was_turned(convert: Convert, degrees: int) -> None:
    with opened(pdfs.turned(0)) as drawn, opened(pdfs.pages(1)) as pdf:
        pdf.delete_page(0)
        box = (0, 0, 515, 410) if degrees % 180 == 0 else (0, 0, 410, 515)
        pdf.new_page(width=box[2], height=box[3]).insert_image(
            box, stream=drawn[0].get_pixmap(dpi=150).tobytes("png"), rotate=degrees
        )
        page = convert("layout", pdf.tobytes())
        upright = drawn[0].search_for("Words to be found")[0]
    assert page.frame == {"width": pytest.approx(515, abs=1), "height": pytest.approx(410, abs=1), "turned": degrees}
    found = next(each for each in page.blocks if "Words to be found" in each["text"])
    assert found["bbox"] == pytest.approx(list(upright), abs=11)


def test_it_tells_furniture_that_is_kept(convert: Convert, engine: str) -> None:
    with opened(pdfs.pages(1)) as pdf:
        pdf.delete_page(0)
        for number in (1, 2, 3, 4):
            page = pdf.new_page()
            page.insert_text((72, 40), "A running header of the book", fontsize=9)
            page.insert_text((300, 810), f"{number}", fontsize=9)
            for line in range(20):
                page.insert_text((72, 120 + 20 * line), f"A sentence of the page {number} and {line}.", fontsize=11)
        data = bytes(pdf.tobytes())
    kept = convert(engine, data, 2, page_furniture="keep")
    assert block(kept, "header")["text"] == "A running header of the book"
    assert block(kept, "footer")["text"] == "2"
    assert "header" not in {each["type"] for each in convert(engine, data, 2).blocks}


def test_it_tells_what_its_checker_takes(convert: Convert, engine: str) -> None:
    for data in (mixed_page(), pdfs.table(), pdfs.illustrated()):
        page = convert(engine, data, images=True)
        assert page.blocks
        assert parts.sound(page.blocks, page.text) == page.blocks
        assert parts.sound_frame(page.frame) == page.frame


@pytest.mark.parametrize(
    "change",
    [
        {"type": "script"},
        {"text": 1},
        {"bbox": [0, 0, 1]},
        {"bbox": [0, 0, 1, float("nan")]},
        {"bbox": [0, 0, 1, 1e12]},
        {"bbox": None},
        {"at": -1},
        {"to": 99},
        {"at": 3, "to": 2},
        {"level": 10**9},
        {"image": []},
        {"cells": [[{"text": "x", "rows": 0, "columns": 1}]]},
        {"cells": 5},
    ],
)
def test_it_takes_no_blocks_that_do_not_fit(change: dict[str, Any]) -> None:
    good = {"type": "text", "text": "words", "bbox": [0, 0, 1, 1], "at": 0, "to": 5}
    assert parts.sound([good], "words") == [good]
    assert parts.sound([good, {**good, **change}], "words") == []
    assert parts.sound("blocks", "words") == parts.sound(None, "words") == []


def test_it_takes_no_frame_that_is_none() -> None:
    assert parts.sound_frame({"width": 10, "more": []}) == {"width": 10.0}
    assert parts.sound_frame({"width": "wide"}) == parts.sound_frame([]) == parts.sound_frame({"width": -1}) == {}
