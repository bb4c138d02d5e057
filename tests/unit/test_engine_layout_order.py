"""Reading order of blocks."""

import pytest

from jobs.engines.layout_passes.order import ordered
from tests.unit.test_engine_layout_shapes import box, names


@pytest.mark.parametrize("shift", [0, 7])
def test_it_reads_columns_one_after_the_other(shift: float) -> None:
    left = [box(f"l{n}", 50, 100 * n, 280, 100 * n + 90) for n in range(3)]
    right = [box(f"r{n}", 320, 100 * n + shift, 550, 100 * n + shift + 80) for n in range(3)]
    assert names(ordered([*right, *left])) == ["l0", "l1", "l2", "r0", "r1", "r2"]


def test_it_reads_what_spans_the_columns_where_it_stands() -> None:
    title, foot = box("title", 50, 0, 550, 30), box("foot", 50, 500, 550, 520)
    columns = [box("left", 50, 50, 280, 480), box("right", 320, 50, 550, 480)]
    assert names(ordered([foot, *columns, title])) == ["title", "left", "right", "foot"]


def test_it_keeps_columns_together_over_a_gap_in_both() -> None:
    upper = [box("l1", 50, 50, 280, 200), box("r1", 320, 50, 550, 200)]
    lower = [box("l2", 50, 220, 280, 400), box("r2", 320, 220, 550, 400)]
    title = box("title", 50, 0, 550, 30)
    assert names(ordered([title, *upper, *lower])) == ["title", "l1", "l2", "r1", "r2"]


def test_it_puts_side_headings_before_their_text() -> None:
    text = [box(f"t{n}", 150, 100 * n, 500, 100 * n + 90) for n in range(4)]
    heads = [box("h0", 40, 0, 120, 20), box("h2", 40, 200, 120, 220)]
    assert names(ordered([*text, *heads])) == ["h0", "t0", "t1", "h2", "t2", "t3"]


def test_it_begins_at_the_right_where_the_script_does() -> None:
    columns = [box("left", 50, 50, 280, 480), box("right", 320, 50, 550, 480)]
    assert names(ordered(columns, right_to_left=True)) == ["right", "left"]


def test_it_puts_boxes_that_overlap_by_their_tops() -> None:
    assert names(ordered([box("b", 20, 40, 200, 120), box("a", 0, 0, 150, 80)])) == ["a", "b"]


def test_it_reads_tangled_labels_row_by_row() -> None:
    labels = [box("b", 60, 0, 90, 12), box("a", 0, 1, 62, 13), box("c", 0, 11, 70, 23)]
    assert names(ordered(labels)) == ["a", "b", "c"]
