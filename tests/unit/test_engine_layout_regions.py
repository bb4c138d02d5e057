"""Lines and the net's boxes."""

from typing import Any

from jobs.engines.layout_passes.regions import blocks
from tests.unit.test_engine_layout_shapes import line, names


def group(kind: str, *box: float) -> dict[str, Any]:
    return {"class_name": kind, "group_bbox": list(box)}


def test_it_puts_lines_into_their_boxes() -> None:
    found = blocks([group("title", 0, 0, 200, 15), group("text", 0, 20, 200, 60)], [line("Title"), line("words", y=25)])
    assert {(one.kind, one.text) for one in found} == {("heading", "Title"), ("text", "words")}


def test_it_loses_no_line_that_the_net_left_out() -> None:
    assert names(blocks([], [line("alone"), line("and below", y=12), line("far", y=200)])) == ["alone and below", "far"]


def test_it_drops_boxes_inside_others() -> None:
    groups = [group("text", 0, 0, 200, 60), group("list-item", 0, 20, 100, 30)]
    assert len(blocks(groups, [line("one"), line("two", y=21)])) == 1


def test_it_parts_two_columns_in_one_box() -> None:
    lines = [line("left one", 0, 0), line("left two", 0, 12), line("right one", 100, 0), line("right two", 100, 12)]
    assert names(blocks([group("text", 0, 0, 200, 30)], lines)) == ["left one left two", "right one right two"]


def test_it_keeps_the_columns_of_a_listing_together() -> None:
    lines = [
        line(text, x, y, mono=True)
        for text, x, y in (("--help", 0, 0), ("shows", 90, 0), ("--all", 0, 12), ("all", 90, 12))
    ]
    assert len(blocks([group("text", 0, 0, 200, 30)], lines)) == 1


def test_it_keeps_bullets_with_their_items() -> None:
    lines = [
        line(text, x, y) for text, x, y in (("1.", 0, 0), ("one thing", 40, 0), ("2.", 0, 12), ("another", 40, 12))
    ]
    assert len(blocks([group("text", 0, 0, 200, 30)], lines)) == 1


def test_it_keeps_the_words_of_a_picture_apart() -> None:
    lines = [line("axis", 0, 0), line("legend", 150, 0), line("below", 150, 12)]
    found = blocks([group("picture", 0, 0, 200, 100)], lines)
    assert [(one.kind, one.text) for one in found] == [("picture", "axis"), ("picture", "legend below")]


def test_it_makes_a_table_of_a_picture_on_a_scan_only() -> None:
    lines = [line(text, x, 20 * n) for n in range(6) for text, x in ((f"key {n}", 0), (f"value {n}", 100))]
    groups = [group("picture", 0, 0, 200, 120)]
    assert {one.kind for one in blocks(groups, lines)} == {"picture"}
    assert [one.kind for one in blocks(groups, lines, scanned=True)] == ["table"]
