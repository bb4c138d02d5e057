"""Captions, places of pictures among the blocks, and how their links are written."""

import pytest

from jobs.engines.captions import CAPTION, of_pictures
from jobs.engines.cutting import link
from jobs.engines.weaving import position, woven

PICTURE = (100.0, 200.0, 300.0, 400.0)
ABOVE, BELOW = (100.0, 100.0, 300.0, 180.0), (100.0, 420.0, 300.0, 480.0)


@pytest.mark.parametrize("text", ["Figure 3: x", "FIG. 2", "Fig. S1 x", "Abb. 4", "Scheme 1", "Figure A-2."])
def test_it_knows_captions(text: str) -> None:
    assert CAPTION.match(text)


@pytest.mark.parametrize(
    "text", ["Figures show", "Table 3: x", "A figure 3", "Mapping 3", "Figure 3 shows", "Fig. 3-1a is"]
)
def test_it_knows_what_is_none(text: str) -> None:
    assert not CAPTION.match(text)


def test_it_prefers_the_caption_below() -> None:
    assert of_pictures([PICTURE], [ABOVE, BELOW], ["Figure 1", "Figure 2"]) == [1]
    assert of_pictures([PICTURE], [ABOVE, BELOW], ["Figure 1", ""]) == [0]


def test_it_takes_a_caption_beside_a_picture_and_none_from_afar() -> None:
    assert of_pictures([PICTURE], [(310, 220, 400, 300)], ["Figure 1"]) == [0]
    assert of_pictures([PICTURE], [(100, 500, 300, 520)], ["Figure 1"]) == [None]


def test_it_gives_a_caption_to_one_picture() -> None:
    twin = (100.0, 440.0, 300.0, 600.0)
    assert of_pictures([PICTURE, twin], [(100, 410, 300, 430)], ["Figure 1"]) == [0, None]


def test_it_places_a_picture_by_its_caption() -> None:
    assert position(PICTURE, [ABOVE, BELOW], 1) == 1
    assert position(PICTURE, [ABOVE, BELOW], 0) == 1
    assert position(PICTURE, [], None) == 0


def test_it_places_a_picture_in_its_column() -> None:
    other = [(320.0, 100.0, 500.0, 150.0), (320.0, 450.0, 500.0, 480.0)]
    assert position(PICTURE, [ABOVE, BELOW, *other]) == 1
    assert position(PICTURE, [ABOVE, *other]) == 1
    assert position(PICTURE, other) == 1
    assert position((320.0, 160.0, 500.0, 440.0), [ABOVE, BELOW, *other]) == 3


def test_it_weaves_paragraphs_in() -> None:
    text = "One\n\nTwo\n\nThree"
    places = [(0, 3), (5, 8), (10, 15)]
    made, moved, own = woven(text, places, [(1, "![a](b)"), (3, "![c](d)")])
    assert made == "One\n\n![a](b)\n\nTwo\n\nThree\n\n![c](d)"
    assert [made[start:stop] for start, stop in moved] == ["One", "Two", "Three"]
    assert [made[start:stop] for start, stop in own] == ["![a](b)", "![c](d)"]


def test_it_weaves_into_nothing() -> None:
    assert woven("", [], [(0, "![a](b)")]) == ("![a](b)", [], [(0, 7)])
    assert woven("One", [(0, 3)], []) == ("One", [(0, 3)], [])


def test_it_keeps_the_order_of_pictures_in_one_place() -> None:
    assert woven("One", [(0, 3)], [(0, "a"), (0, "b"), (1, "c")])[0] == "a\n\nb\n\nOne\n\nc"


def test_it_parts_no_list() -> None:
    text = "Text\n\n- one\n    - two\n- three\n\nText"
    places = [(0, 4), (6, 11), (12, 21), (22, 29), (31, 35)]
    assert woven(text, places, [(2, "![a](b)")])[0] == "Text\n\n- one\n    - two\n- three\n\n![a](b)\n\nText"
    assert woven(text[:29], places[:4], [(2, "![a](b)")])[0].endswith("- three\n\n![a](b)")
    assert woven(text, places, [(1, "![a](b)")])[0].startswith("Text\n\n![a](b)\n\n- one")


def test_it_does_not_count_what_was_not_written() -> None:
    made, moved, _ = woven("One\n\nTwo", [(0, 3), (3, 3), (5, 8)], [(1, "![a](b)")])
    assert made == "One\n\n![a](b)\n\nTwo"
    assert made[slice(*moved[2])] == "Two"


def test_it_escapes_captions() -> None:
    assert link("x.png", "A [b](c) *d* <e> \\ `f`\ng", 1, 2) == r"![A \[b\](c) \*d\* \<e\> \\ \`f\` g](images/x.png)"


def test_it_names_a_picture_without_caption() -> None:
    assert link("x.png", " ", 3, 12) == "![Picture 3 on page 12](images/x.png)"


def test_it_shortens_long_captions() -> None:
    assert len(link("x.png", "word " * 200, 1, 1)) < 340
