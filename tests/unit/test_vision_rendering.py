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
    """Page 1 is upright with a red square at (50, 60), page 2 lies on its side, page 3 is huge."""
    path = tmp_path / "drawn.pdf"
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=300, height=400)
        page.draw_rect(pymupdf.Rect(50, 60, 150, 160), fill=(1, 0, 0), color=(0, 0, 1), width=4)
        pdf.new_page(width=300, height=400).set_rotation(90)
        pdf.new_page(width=14400, height=7200)
        pdf.save(path)
    opened = rendering.open(str(path), "")
    yield opened
    opened.close()


def test_it_draws_a_page_as_people_see_it(document: RenderedDocument) -> None:
    upright, turned = document.draw(1, 72, 2000), document.draw(2, 144, 2000)
    assert (upright["frame"], upright["pixels"], upright["is_blank"]) == ([300, 400], [300, 400], False)
    assert (turned["frame"], turned["pixels"], turned["is_blank"]) == ([400, 300], [800, 600], True)
    assert base64.b64decode(upright["picture"]).startswith(b"\xff\xd8")


def test_it_bounds_the_longer_side(document: RenderedDocument) -> None:
    assert document.draw(1, 600, 1000)["pixels"] == [750, 1000]
    assert document.draw(3, 150, 2000)["pixels"] == [2000, 1000]


def test_it_cuts_what_can_be_seen(document: RenderedDocument) -> None:
    cut = document.cut(1, [(48, 48, 168, 168), (200, 200, 290, 290)])
    assert cut["names"] == ["page-00001-01.png", ""]
    assert cut["warnings"] == []
    (picture,) = cut["pictures"]
    assert picture["name"] == "page-00001-01.png"
    assert base64.b64decode(picture["data"]).startswith(b"\x89PNG")
