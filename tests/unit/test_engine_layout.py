"""The engine on whole pages, with its nets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.engines import Markdown, load
from tests import pdfs

LETTER = ["The quick brown fox jumps over the lazy dog.", "Pack my box with five dozen liquor jugs.", "It ends here."]


@pytest.fixture(scope="module")
def engine() -> Any:
    return load("layout", {})


@pytest.fixture
def pdf() -> Iterator[Any]:
    import pymupdf

    with pymupdf.open() as made:
        yield made


def converted(engine: Any, tmp_path: Path, data: bytes, number: int = 1, **options: Any) -> Markdown:
    path = tmp_path / "document.pdf"
    path.write_bytes(data)
    document = engine.open(str(path), "")
    try:
        page: Markdown = document.convert(number, options)
        return page
    finally:
        document.close()


def letter(pdf: Any, turn: int = 0, skew: float = 0) -> bytes:
    """A page that is a picture of a short letter, turned by so many degrees, or a little more or less."""
    import pymupdf

    with pymupdf.open() as drawn:
        page = drawn.new_page(width=400, height=300)
        for n, text in enumerate(LETTER):
            tilt = (pymupdf.Point(200, 150), pymupdf.Matrix(skew))
            page.insert_text((30, 60 + 30 * n), text, fontsize=14, morph=tilt)
        picture = page.get_pixmap(dpi=100)
    width, height = (300, 400) if turn in (90, 270) else (400, 300)
    pdf.new_page(width=width, height=height).insert_image((0, 0, width, height), pixmap=picture, rotate=turn)
    return bytes(pdf.tobytes())


def test_it_converts_text(engine: Any, tmp_path: Path) -> None:
    page = converted(engine, tmp_path, pdfs.pages(1, "Words on a page."))
    assert "Words on a page." in page.text
    assert page.source == "text"
    assert page.warnings == []


def test_it_reads_columns_in_order(engine: Any, tmp_path: Path) -> None:
    text = converted(engine, tmp_path, pdfs.two_columns()).text
    assert text.index("left") < text.index("right")


def test_it_writes_tables(engine: Any, tmp_path: Path) -> None:
    assert "| --- |" in converted(engine, tmp_path, pdfs.table()).text


def test_it_names_a_page_that_gave_nothing(engine: Any, tmp_path: Path, pdf: Any) -> None:
    pdf.new_page().draw_circle((300, 400), 200)
    page = converted(engine, tmp_path, pdf.tobytes())
    assert (page.text, page.source) == ("", "none")
    assert page.warnings == ["Page 1 looks like a scan or a drawing, and no text could be read on it."]


def test_it_raises_no_alarm_for_a_blank_page(engine: Any, tmp_path: Path, pdf: Any) -> None:
    pdf.new_page()
    page = converted(engine, tmp_path, pdf.tobytes())
    assert (page.text, page.source, page.warnings) == ("", "none", [])


def test_it_reads_a_skewed_scan(engine: Any, tmp_path: Path, pdf: Any) -> None:
    page = converted(engine, tmp_path, letter(pdf, skew=3))
    assert page.source == "ocr"
    assert all(text in page.text for text in LETTER)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_it_reads_scans_however_they_lie(engine: Any, tmp_path: Path, pdf: Any, turn: int) -> None:
    page = converted(engine, tmp_path, letter(pdf, turn))
    assert page.source == "ocr"
    for text in LETTER:
        assert text in page.text.replace("\n", " ").replace("  ", " ")


def test_it_reads_no_scan_if_told_so(engine: Any, tmp_path: Path, pdf: Any) -> None:
    page = converted(engine, tmp_path, letter(pdf), ocr="never")
    assert page.source == "none"
    assert page.warnings == ["Page 1 has no text and was not read as a picture: ocr=never."]


def test_it_reads_a_page_of_text_as_a_picture_if_told_so(engine: Any, tmp_path: Path) -> None:
    page = converted(engine, tmp_path, pdfs.pages(1, "Words on a page."), ocr="always")
    assert page.source == "ocr"
    assert "Words on a page." in page.text


def test_it_says_that_a_language_is_beyond_it(engine: Any, tmp_path: Path, pdf: Any) -> None:
    page = converted(engine, tmp_path, letter(pdf), ocr_language="xyz")
    assert any("xyz" in warning for warning in page.warnings)


def test_it_keeps_page_furniture_on_request(engine: Any, tmp_path: Path, pdf: Any) -> None:
    for number in (1, 2, 3):
        page = pdf.new_page()
        page.insert_text((72, 40), f"A running header {number}", fontsize=9)
        for line in range(20):
            page.insert_text((72, 120 + 20 * line), f"A sentence of the page {number} and {line}.", fontsize=11)
    data = pdf.tobytes()
    assert "running header" not in converted(engine, tmp_path, data, 2).text
    assert "running header" in converted(engine, tmp_path, data, 2, page_furniture="keep").text


def test_it_tells_its_seams(engine: Any, tmp_path: Path) -> None:
    page = converted(engine, tmp_path, pdfs.pages(1, "Words on a page."))
    last = page.seams["last"]
    assert page.text[last["at"] : last["to"]]
