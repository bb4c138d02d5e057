"""Drawing pages for a model, and cutting pictures out of them, as the sandbox does it."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest

from jobs.engines.vision import rendering
from jobs.engines.vision.rendering import RenderedDocument


@pytest.fixture
def document(tmp_path: Path) -> Iterator[RenderedDocument]:
    """Page 1 is upright with a red square at (50, 60), page 2 is turned by the PDF, page 3 is huge; on page 4 the text
    runs upwards, beside a red bar at its foot; page 5 is a scan that lies on its head;
    page 6 would lie on its side if the PDF did not turn it."""
    path = tmp_path / "drawn.pdf"
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=300, height=400)
        page.draw_rect(pymupdf.Rect(50, 60, 150, 160), fill=(1, 0, 0), color=(0, 0, 1), width=4)
        pdf.new_page(width=300, height=400).set_rotation(90)
        pdf.new_page(width=14400, height=7200)
        page = pdf.new_page(width=300, height=400)
        page.insert_text((100, 380), "Words enough to tell which way they run", rotate=90)
        page.draw_rect(pymupdf.Rect(200, 300, 290, 390), fill=(1, 0, 0))
        pdf.new_page(width=400, height=300).insert_image((0, 0, 400, 300), pixmap=_scan(), rotate=180)
        page = pdf.new_page(width=300, height=400)
        page.insert_text((100, 380), "Words enough to tell which way they run", rotate=90)
        page.set_rotation(90)
        pdf.save(path)
    opened = rendering.open(str(path), "")
    yield opened
    opened.close()


def _scan() -> pymupdf.Pixmap:
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=400, height=300)
        for number, text in enumerate(
            ("The quick brown fox jumps over", "the lazy dog, and packs a box", "of five jugs.")
        ):
            page.insert_text((30, 60 + 40 * number), text, fontsize=16)
        return page.get_pixmap(dpi=110)


def test_it_draws_a_page_as_people_see_it(document: RenderedDocument) -> None:
    upright, turned = document.draw(1, 72, 2000), document.draw(2, 144, 2000)
    assert (upright["frame"], upright["pixels"], upright["is_blank"]) == ([300, 400], [300, 400], False)
    assert (turned["frame"], turned["pixels"], turned["is_blank"]) == ([400, 300], [800, 600], True)
    assert base64.b64decode(upright["picture"]).startswith(b"\xff\xd8")


def test_it_bounds_the_longer_side(document: RenderedDocument) -> None:
    assert document.draw(1, 600, 1000)["pixels"] == [750, 1000]
    assert document.draw(3, 150, 2000)["pixels"] == [2000, 1000]


def test_it_cuts_what_can_be_seen(document: RenderedDocument) -> None:
    cut = document.cut(1, [(48, 48, 168, 168), (200, 200, 290, 290)], 0)
    assert cut["names"] == ["page-00001-01.png", ""]
    assert cut["warnings"] == []
    (picture,) = cut["pictures"]
    assert picture["name"] == "page-00001-01.png"
    assert base64.b64decode(picture["data"]).startswith(b"\x89PNG")


def test_it_sets_a_page_upright_as_its_text_runs(document: RenderedDocument) -> None:
    drawn = document.draw(4, 72, 2000)
    assert (drawn["turned"], drawn["frame"], drawn["pixels"]) == (90, [400, 300], [400, 300])
    assert document.draw(4, 72, 2000)["turned"] == 90
    assert document.cut(4, [(10, 200, 100, 290)], 90)["names"] == ["page-00004-01.png"]
    assert document.cut(4, [(200, 150, 290, 190)], 90)["names"] == [""]


def test_it_sets_a_scan_upright(document: RenderedDocument) -> None:
    assert document.draw(5, 72, 2000)["turned"] == 180
    assert document.draw(1, 72, 2000)["turned"] == 0


def test_it_leaves_a_page_that_is_upright_already(document: RenderedDocument) -> None:
    drawn = document.draw(6, 72, 2000)
    assert (drawn["turned"], drawn["frame"]) == (0, [400, 300])
