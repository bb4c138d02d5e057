"""The engine `fast` on whole PDFs: what is on the page comes out as Markdown."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from jobs.engines import Markdown, fast
from jobs.engines.fast_rules import reading
from tests import pdfs
from tests.server import ROOT

TEXT = (
    "The quick brown fox jumps over the lazy dog and runs on through the woods until it finds a quiet place. "
    "There it sleeps until the morning comes, when the sun shines and the birds begin to sing their songs again. "
)

Draw = Callable[[Any], object]


def document(folder: Path, *draws: Draw, rotation: int = 0, toc: list[list[object]] | None = None) -> fast.FastDocument:
    """A PDF with a page for each of `draws`."""
    path = folder / "drawn.pdf"
    with pymupdf.open() as pdf:
        for draw in draws:
            page = pdf.new_page()
            draw(page)
            page.set_rotation(rotation)
        if toc:
            pdf.set_toc(toc)
        pdf.save(path)
    return fast.open(str(path), "")


def converted(folder: Path, *draws: Draw, number: int = 1, **options: Any) -> Markdown:
    opened = document(folder, *draws)
    try:
        return opened.convert(number, options)
    finally:
        opened.close()


def body(page: Any, top: float = 120, left: float = 72, right: float = 520) -> float:
    """A paragraph of running text; gives where it ends."""
    room = page.insert_textbox((left, top, right, 780), TEXT * 2, fontsize=10)
    return float(780 - room)


def test_it_writes_headings_and_paragraphs(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_text((72, 90), "A Long Story", fontsize=22)
        body(page)

    text = converted(tmp_path, draw).text
    assert text.startswith("# A Long Story\n\nThe quick brown fox")
    assert text.count("\n") == 2


def test_it_takes_the_levels_of_headings_from_bookmarks(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_text((72, 90), "Of Dogs", fontsize=10)
        body(page)

    opened = document(tmp_path, body, draw, toc=[[1, "Animals", 1], [2, "Of Dogs", 2]])
    assert opened.convert(2, {}).text.startswith("## Of Dogs\n")


def test_it_reads_columns_one_after_the_other(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_textbox((72, 100, 290, 780), "Left begins here. " + TEXT * 3 + "Left ends here.", fontsize=10)
        page.insert_textbox((310, 100, 530, 780), "Right begins here. " + TEXT * 3, fontsize=10)

    text = converted(tmp_path, draw).text
    assert text.index("Left ends") < text.index("Right begins")


def test_it_writes_a_ruled_table(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        for y in (100, 120, 140, 160):
            page.draw_line((72, y), (372, y))
        for x in (72, 172, 272, 372):
            page.draw_line((x, 100), (x, 160))
        for row, cells in enumerate([["Tree", "m", "ft"], ["Oak|Elm", "12", "39"], ["Fir", "30", "98"]]):
            for column, cell in enumerate(cells):
                page.insert_text((76 + 100 * column, 114 + 20 * row), cell, fontsize=9)
        body(page, 200)

    assert "|Tree|m|ft|\n|---|---|---|\n|Oak\\|Elm|12|39|\n|Fir|30|98|" in converted(tmp_path, draw).text


def test_it_writes_a_table_of_aligned_columns(tmp_path: Path) -> None:
    rows = [["City", "Country", "People"], ["Rome", "Italy", "2.8"], ["Oslo", "Norway", "0.7"], ["Bern", "", "0.1"]]

    def draw(page: Any) -> None:
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                page.insert_text((76 + 100 * column, 114 + 20 * row), cell, fontsize=9)
        body(page, 240)

    text = converted(tmp_path, draw).text
    assert "|City|Country|People|\n|---|---|---|\n|Rome|Italy|2.8|\n|Oslo|Norway|0.7|\n|Bern||0.1|" in text


def test_it_nests_lists_by_indent(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        body(page)
        for row, (x, item) in enumerate([(72, "• Fruit"), (90, "• Apple"), (90, "• Pear"), (72, "• Bread")]):
            page.insert_htmlbox((x, 390 + 14 * row, 300, 420 + 14 * row), f'<p style="font-size:10px">{item}</p>')

    assert "- Fruit\n  - Apple\n  - Pear\n- Bread" in converted(tmp_path, draw).text


def test_it_keeps_the_spaces_of_listings(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        end = body(page)
        for row, code in enumerate(["def add(a, b):", "    if a:", "        return a + b", "    return b"]):
            page.insert_text((72, end + 20 + 12 * row), code, fontsize=10, fontname="cour")

    expected = "```\ndef add(a, b):\n    if a:\n        return a + b\n    return b\n```"
    assert expected in converted(tmp_path, draw).text


def test_it_marks_bold_words_and_links(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_htmlbox(
            (72, 100, 500, 200),
            '<p>Read <b>the manual</b> at <a href="https://example.org/a(b)">its page</a> today.</p>',
        )

    text = converted(tmp_path, draw).text
    assert text == "Read **the manual** at [its page](https://example.org/a%28b%29) today."


def test_it_drops_what_runs_through_the_document(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_text((72, 40), "The Book of Foxes", fontsize=9)
        page.insert_text((300, 810), str(page.number + 1), fontsize=9)
        body(page)

    text = converted(tmp_path, draw, draw, draw, number=2).text
    assert text.startswith("The quick")
    assert text.endswith("again.")


def test_it_keeps_furniture_on_request(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_text((72, 40), "The Book of Foxes", fontsize=9)
        body(page)

    assert "The Book of Foxes" in converted(tmp_path, draw, draw, page_furniture="keep").text


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_it_reads_turned_pages(tmp_path: Path, rotation: int) -> None:
    def draw(page: Any) -> None:
        page.set_rotation(rotation)
        page.insert_text(pymupdf.Point(72, 90) * page.derotation_matrix, "Upright", fontsize=22, rotate=rotation)
        page.insert_text(pymupdf.Point(72, 200) * page.derotation_matrix, "and below it", fontsize=22, rotate=rotation)

    opened = document(tmp_path, draw, rotation=rotation)
    text = opened.convert(1, {}).text
    assert text.index("Upright") < text.index("and below it")


def test_it_links_words_on_turned_pages(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_text((200, 400), "our page", fontsize=12, rotate=90)
        page.insert_link(
            {"kind": pymupdf.LINK_URI, "uri": "https://example.org", "from": page.search_for("our page")[0]}
        )

    text = document(tmp_path, draw, rotation=90).convert(1, {}).text
    assert text == "[our page](https://example.org)"


def test_it_says_when_a_page_has_no_text(tmp_path: Path) -> None:
    markdown = converted(tmp_path, lambda page: None)
    assert markdown.text == ""
    assert markdown.warnings == ["Page 1 has no text that could be read."]
    assert markdown.source == "none"


@pytest.mark.parametrize(
    ("text", "doubt"),
    [("", "no text"), ("\ufffd" * 30 + TEXT, "letters without meaning"), (TEXT, None)],
    ids=["none", "broken", "fine"],
)
def test_it_doubts_what_it_cannot_do(tmp_path: Path, text: str, doubt: str | None) -> None:
    opened = document(tmp_path, lambda page: page.insert_htmlbox((72, 72, 500, 500), f"<p>{text}</p>"))
    assert opened.read(1, {})[1] == doubt


def test_it_doubts_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdfs.scanned())
    assert fast.open(str(path), "").read(1, {})[1] == "no text"


def test_it_opens_with_a_password(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(pdfs.encrypted("fox"))
    assert "This is the text of page 1." in fast.open(str(path), "fox").convert(1, {}).text


def test_it_gives_one_answer_in_any_order(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_text((72, 40), f"Part {page.number // 5}", fontsize=9)
        body(page)

    opened = document(tmp_path, *[draw] * 12)
    forwards = [opened.convert(number, {}).text for number in range(1, 13)]
    again = document(tmp_path, *[draw] * 12)
    backwards = [again.convert(number, {}).text for number in range(12, 0, -1)]
    assert forwards == backwards[::-1]


def test_it_tells_where_its_first_and_last_blocks_are(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        page.insert_text((72, 90), "A Long Story", fontsize=22)
        body(page)

    markdown = converted(tmp_path, draw)
    last = markdown.seams["last"]
    assert markdown.seams["headings"] == [[22, 0]]
    assert (last["kind"], markdown.text[last["at"] : last["at"] + 9]) == ("text", "The quick")
    assert last["to"] == len(markdown.text)


def test_it_loads_no_nets() -> None:
    code = "import sys; from jobs.engines import fast; sys.exit('onnxruntime' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


class Broken(fast.FastDocument):
    """Its second page can't be read."""

    def _page(self, index: int) -> dict[str, Any]:
        if index == 1:
            raise RuntimeError("broken page")
        return super()._page(index)


def test_it_converts_a_page_beside_a_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(pdfs.pages(3))
    opened = Broken(str(path), "")
    assert "This is the text of page 1." in opened.convert(1, {}).text
    assert "This is the text of page 3." in opened.convert(3, {}).text
    with pytest.raises(RuntimeError):
        opened.convert(2, {})


def test_it_reads_a_line_by_its_letters_and_not_by_the_height_of_a_sign() -> None:
    def span(text: str, font: str, box: tuple[int, int, int, int]) -> dict[str, Any]:
        return {"text": text, "font": font, "flags": 0, "size": 10.0, "bbox": box, "alpha": 255}

    words, sign = span("which is so when n ", "F", (50, 100, 140, 110)), span("=", "S", (140, 92, 148, 118))
    line = {"spans": [words, sign], "bbox": (50, 92, 148, 118), "dir": (1.0, 0.0)}
    page = {"width": 600, "height": 800, "blocks": [{"type": 0, "lines": [line]}]}
    (found,) = reading.sheet(page).lines
    assert (found.y0, found.y1, found.x1) == (100, 110, 148)


def test_it_reads_once_what_is_drawn_twice(tmp_path: Path) -> None:
    def draw(page: Any) -> None:
        for shift in (0, 0.4, 0.8):
            page.insert_text((72 + shift, 90), "A Title with a Shadow", fontsize=22)
            page.insert_text((72, 120), "the same", fontsize=10)
        page.insert_text((72, 134), "the same", fontsize=10)

    text = converted(tmp_path, draw).text
    assert text.count("Shadow") == 1
    assert text.count("the same") == 2
