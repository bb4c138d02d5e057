"""Which parts of a page are pictures: the rules alone."""

import pytest

from jobs.engines import figures, labels
from jobs.engines.clusters import clusters
from jobs.engines.geometry import Box, around, turned
from jobs.engines.sights import Figure, Sight, Stroke, Text


def seen(**changes: object) -> Sight:
    return Sight(width=600, height=800, **changes)  # type: ignore[arg-type]


def boxes(**changes: object) -> list[Box]:
    return [figure.box for figure in figures.found(seen(**changes))]


def curves(left: float, top: float, count: int = 6) -> list[Stroke]:
    return [Stroke((left + 20 * n, top, left + 20 * n + 30, top + 60), False) for n in range(count)]


def line(text: str, left: float, top: float) -> Text:
    return Text((left, top, left + 5 * len(text), top + 12), text)


def test_it_takes_pictures_that_are_placed() -> None:
    assert boxes(images=[(100, 100, 300, 250)]) == [(100, 100, 300, 250)]


def test_it_takes_the_strips_of_a_picture_as_one() -> None:
    assert boxes(images=[(100, top, 300, top + 50) for top in (200, 250, 300)]) == [(100, 200, 300, 350)]


def test_it_takes_what_is_drawn_with_its_axes() -> None:
    axis = Stroke((95, 100, 96, 180), True)
    assert boxes(strokes=[*curves(100, 110), axis]) == [(95, 100, 230, 180)]


def test_it_takes_no_rules_frames_and_fillings() -> None:
    strokes = [Stroke((50, 300, 550, 301), True), Stroke((50, 400, 550, 500), True), Stroke((60, 410, 200, 420), True)]
    assert boxes(strokes=strokes) == []


def test_it_takes_no_icons_and_no_logos_at_the_edge() -> None:
    small, logo = (100, 300, 120, 320), (480, 20, 560, 60)
    assert boxes(images=[small, logo]) == []
    assert boxes(images=[small, logo], furniture=True) == [logo]


def test_it_takes_nothing_out_of_a_table() -> None:
    assert boxes(images=[(100, 100, 200, 200)], tables=[(50, 50, 500, 500)]) == []


def test_it_takes_no_background() -> None:
    prose = [line("A sentence that is as long as a line of text", 60, 100 + 14 * n) for n in range(20)]
    assert boxes(images=[(0, 0, 600, 800)], texts=prose) == []
    assert boxes(images=[(40, 80, 560, 420)], texts=prose) == []


def test_it_takes_a_page_that_is_a_picture() -> None:
    whole = (0, 0, 600, 800)
    assert boxes(images=[whole]) == [whole]
    assert boxes(images=[whole], texts=[line("A title", 100, 100)]) == [whole]
    assert boxes(images=[whole], texts=[line("A title", 100, 100)], scanned=True) == []


def test_it_clips_what_runs_over_the_edge() -> None:
    assert boxes(images=[(-50, 300, 200, 500)]) == [(0, 300, 200, 500)]
    assert boxes(images=[(700, 300, 900, 500)]) == []


def test_it_takes_the_labels_beside_a_drawing() -> None:
    below, far = line("0 10 20", 120, 172), line("A short line", 120, 300)
    assert boxes(strokes=curves(100, 110), texts=[below, far]) == [(100, 110, 230, 184)]


@pytest.mark.parametrize("text", ["Figure 3", "A sentence that is too long to be a label"])
def test_it_takes_no_caption_and_no_sentence_for_a_label(text: str) -> None:
    assert boxes(strokes=curves(100, 110), texts=[line(text, 105, 172)]) == [(100, 110, 230, 170)]


def test_it_takes_no_end_of_a_paragraph_for_a_label() -> None:
    above = line("A sentence that goes on over the end of its line, as many sentences do", 100, 80)
    assert boxes(strokes=curves(100, 110), texts=[above, line("like this one.", 100, 94)]) == [(100, 110, 230, 170)]


def test_it_takes_a_sheet_that_is_drawn_all_over_as_one() -> None:
    wide = [Stroke((20 + n, 20, 580, 300), False) for n in range(5)]
    low = [Stroke((20 + n, 400, 580, 700), False) for n in range(5)]
    assert boxes(strokes=[*wide, *low]) == [(20, 20, 580, 700)]


def test_it_looks_at_a_map_as_a_whole() -> None:
    dots = [Stroke((100 + n % 100, 200 + n // 100, 101 + n % 100, 201 + n // 100), False) for n in range(7000)]
    assert boxes(strokes=dots) == [(100, 200, 200, 270)]


def test_it_believes_a_net_that_sees_a_picture_full_of_words() -> None:
    box = (100, 100, 500, 300)
    words = [line("A label that is as long as a sentence", 110, 110 + 24 * n) for n in range(7)]
    assert figures.found(seen(guessed=[box], texts=words)) == [Figure(box, drawn=True, prose=True)]
    assert figures.found(seen(images=[box], texts=words)) == []


def test_it_lets_drawings_and_captioned_pictures_stand_for_their_words() -> None:
    drawing, photo = Figure((0, 0, 100, 100), drawn=True), Figure((0, 200, 100, 300))
    full = Figure((0, 400, 100, 500), drawn=True, prose=True)
    texts = [
        line("label", 10, 10),
        line("label", 10, 210),
        line("A sentence that says much more than they", 200, 500),
    ]
    assert labels.hiding([drawing, photo, full], [False, False, True], texts) == [drawing.box]
    assert labels.hiding([drawing, photo], [False, True], texts) == [drawing.box, photo.box]


def test_it_leaves_a_page_its_words_if_it_has_no_others() -> None:
    assert labels.hiding([Figure((0, 0, 500, 500), drawn=True)], [True], [line("R12 10k", 10, 10)] * 50) == []


def test_it_clusters_what_touches() -> None:
    assert clusters([(0, 0, 10, 10), (50, 0, 60, 10), (12, 0, 20, 10)], 3) == [(50, 0, 60, 10), (0, 0, 20, 10)]
    assert clusters([(0, 0, 10, 10), (20, 0, 30, 10), (9, 0, 21, 10)], 0) == [(0, 0, 30, 10)]
    assert clusters([], 3) == []


def test_it_clusters_very_many() -> None:
    found = clusters([(n % 600, n // 10 % 800, n % 600 + 1, n // 10 % 800 + 1) for n in range(20_000)], 3)
    assert len(found) < 20


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, -90])
def test_it_turns_boxes_and_back(degrees: int) -> None:
    box = (10.0, 20.0, 110.0, 50.0)
    width, height = (600, 400) if degrees % 180 == 0 else (400, 600)
    there = turned(box, degrees, 600, 400)
    assert around(there, (0, 0, width, height)) == (0, 0, width, height)
    assert turned(there, -degrees, width, height) == box


def test_it_turns_clockwise() -> None:
    assert turned((0, 0, 10, 5), 90, 600, 400) == (395, 0, 400, 10)
