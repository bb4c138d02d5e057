"""What the layout net is spared, and how the engine does without it."""

from pathlib import Path

import pymupdf
import pytest

from jobs import engines
from jobs.engines import layout_net
from jobs.engines.layout_net import Crowd

PAGE = Crowd(lines=80, letters=5000, strokes=100, side=842)


def crowded(lines: int) -> bytes:
    """A page with so many short lines of text in columns."""
    places = ((10 + 40 * (n // 200), 10 + 4 * (n % 200)) for n in range(lines))
    text = "\n".join(f"BT /helv 3 Tf 1 0 0 1 {x} {y} Tm (w) Tj ET" for x, y in places)
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=800, height=842)
        page.insert_text((10, 830), "The first line.")
        pdf.update_stream(page.get_contents()[0], page.read_contents() + b"\n" + text.encode())
        return bytes(pdf.tobytes())


def test_it_counts_what_stands_on_a_page() -> None:
    with pymupdf.open() as pdf:
        page = pdf.new_page(width=300, height=400)
        page.insert_text((20, 50), ["one", "two"])
        page.draw_rect((10, 10, 50, 50))
        seen = layout_net.crowd(page)
    assert (seen.lines, seen.strokes, seen.side) == (2, 1, 400)


@pytest.mark.parametrize(
    ("changes", "spared"),
    [
        ({}, False),
        ({"lines": 5000}, True),
        ({"letters": 100_000}, True),
        ({"side": 10_000.0}, True),
        ({"strokes": 99_999}, False),
    ],
)
def test_it_spares_the_net_pages_without_end(changes: dict[str, int], spared: bool) -> None:
    assert Crowd(**{**vars(PAGE), **changes}).is_too_big is spared


def test_it_affords_slow_extraction_on_ordinary_pages_only() -> None:
    everything = pymupdf.TEXT_SEGMENT | pymupdf.TEXT_COLLECT_STYLES
    assert PAGE.affords == everything
    assert Crowd(80, 5000, 5000, 842).affords == pymupdf.TEXT_COLLECT_STYLES
    assert Crowd(80, 5000, 99_999, 842).affords == 0


def test_it_gives_the_text_of_a_page_without_end(tmp_path: Path) -> None:
    path = tmp_path / "full.pdf"
    path.write_bytes(crowded(4000))
    document = engines.load("layout", {}).open(str(path), "")
    try:
        page = document.convert(1, {})
    finally:
        document.close()
    assert page.text.startswith("The first line.")
    assert page.text.count("w") == 4000
    assert page.warnings == ["Page 1 is too big or too full for a layout: its text stands in the order of the file."]
