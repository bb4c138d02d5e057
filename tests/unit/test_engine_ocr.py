"""Which pages are read as pictures, and how they are set upright."""

import numpy as np
import pytest
from numpy.typing import NDArray

from jobs.engines.ocr import blank, deciding, languages, mixed, picture, rapid, sayings, scan, turning
from jobs.engines.ocr.deciding import Look

WORDS = "These are plain words of a page, and there are enough of them (about 60)."
GUESSES = '..LCV WI.GL,41.44-gta*Air. N.k...O.AetAlket, ciA# ,"o44,A4)-0-A:fcfk -777d4v, 76 _Ali- itzt- 4A144:44.'


@pytest.mark.parametrize(
    ("look", "wanted"),
    [
        (Look(WORDS, 0.0, 0), False),
        (Look(WORDS, 1.0, 0), False),
        (Look("", 0.9, 0), True),
        (Look("", 0.0, 0), False),
        (Look("", 0.0, 500), True),
        (Look("17", 0.4, 0), True),
        (Look(GUESSES, 1.0, 0), True),
        (Look(GUESSES, 0.1, 0), False),
        (Look("\ufffd" * 60 + WORDS, 0.0, 0), True),
    ],
)
def test_it_reads_what_has_no_usable_text(look: Look, wanted: bool) -> None:
    assert deciding.wanted(look, {}) is wanted


def test_it_obeys_the_option() -> None:
    assert deciding.wanted(Look(WORDS, 0.0, 0), {"ocr": "always"})
    assert not deciding.wanted(Look("", 1.0, 0), {"ocr": "never"})


def test_it_keeps_a_short_text_that_a_reading_does_not_better() -> None:
    assert not deciding.is_better("Annual Report", Look("Annual Report", 1.0, 0), {})
    assert deciding.is_better("Annual Report", Look("1", 1.0, 0), {})
    assert not deciding.is_better("", Look("1", 1.0, 0), {"ocr": "always"})


def boxes(width: float, height: float, angle: float = 0.0, count: int = 5) -> turning.Boxes:
    """Lines of text below each other, each turned about its own corner."""
    turn = np.radians(angle)
    across, down = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    corners = np.array([0 * across, width * across, width * across + height * down, height * down])
    return np.array([corners + np.array([50, 40 * n]) for n in range(count)], dtype=np.float32)


def test_it_sees_that_a_page_lies_on_its_side() -> None:
    assert turning.lies_on_its_side(boxes(10, 200))
    assert not turning.lies_on_its_side(boxes(200, 10))


def test_it_lets_only_long_boxes_say_so() -> None:
    assert not turning.lies_on_its_side(np.concatenate([boxes(10, 15, count=9), boxes(200, 10, count=1)]))


def test_it_sees_that_a_page_may_stand_on_its_head() -> None:
    assert turning.may_be_upside_down(["180", "180", "0"])
    assert not turning.may_be_upside_down(["180", "0", "0"])
    assert not turning.may_be_upside_down([])


@pytest.mark.parametrize("angle", [-6.0, 2.5])
def test_it_measures_and_takes_back_a_skew(angle: float) -> None:
    skewed = boxes(300, 10, angle)
    assert turning.skew(skewed) == pytest.approx(angle, abs=0.1)
    levelled = turning.levelled(skewed, turning.skew(skewed), (300, 300))
    assert np.ptp(levelled[0][:, 1]) == pytest.approx(10, abs=0.5)


def test_it_leaves_what_is_hardly_skewed() -> None:
    assert turning.skew(boxes(300, 10, 0.1)) == 0


@pytest.mark.parametrize(
    ("asked", "codes"), [("", []), ("de", ["deu"]), ("deu+en", ["deu", "eng"]), ("RU, el", ["rus", "ell"])]
)
def test_it_knows_languages_by_both_their_codes(asked: str, codes: list[str]) -> None:
    assert languages.codes(asked) == codes


def test_it_reads_pictures_that_are_full_of_lines_only() -> None:
    lines = [(0.0, 20.0 * n, 90.0, 20.0 * n + 10) for n in range(8)]
    assert mixed._is_dense(lines, 100 * 160)
    assert not mixed._is_dense(lines, 1000 * 160)
    assert not mixed._is_dense(lines[:3], 100 * 60)


def test_it_turns_boxes_over_with_their_picture() -> None:
    box = np.array([[[10, 20], [60, 20], [60, 30], [10, 30]]], dtype=np.float32)
    assert turning.turned_over(box, (100, 200, 3)).tolist() == [[[140, 70], [190, 70], [190, 80], [140, 80]]]


def grey(brightness: int) -> NDArray[np.uint8]:
    return np.full((300, 200), brightness, dtype=np.uint8)


def test_it_takes_paper_for_blank_whatever_its_colour_and_rim() -> None:
    scanned = grey(210)
    scanned[:4] = 0  # the shadow at the edge of a scan
    scanned[100:102, 50:52] = 0  # a speck
    assert blank.is_paper(scanned)


def test_it_takes_no_line_of_writing_for_blank() -> None:
    written = grey(255)
    written[100:103, 50:120] = 60
    assert not blank.is_paper(written)


def test_it_makes_pictures_no_bigger() -> None:
    assert picture.reduced(np.zeros((900, 300, 3), dtype=np.uint8), 480).shape == (480, 160, 3)
    assert picture.reduced(np.zeros((90, 30, 3), dtype=np.uint8), 480).shape == (90, 30, 3)


def test_it_stops_reading_when_the_time_is_over() -> None:
    crops = [np.zeros((1, 1, 3), dtype=np.uint8)] * 100
    assert len(rapid.in_time(crops, lambda some: ["text"] * len(some), 60)) == 100
    assert rapid.in_time(crops, lambda some: ["text"] * len(some), 0) == []


def test_it_says_what_a_page_lacks() -> None:
    page = scan.Scan(None, unread=7, unknown=["rus"])
    assert sayings.found(3, page, nothing=False, options={}) == [
        "No text recognition on this machine reads rus: install Tesseract's data for it.",
        "Page 3 has too many lines to read in time: the last 7 were left out.",
    ]
    assert sayings.found(3, scan.Scan(None), nothing=False, options={}) == []
