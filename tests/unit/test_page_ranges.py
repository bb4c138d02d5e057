"""Page ranges as people write them."""

import pytest

from jobs.engines.page_ranges import page_numbers, written
from jobs.errors import BadPageRange


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("  ", [1, 2, 3, 4, 5]),
        ("3", [3]),
        ("1-3,5", [1, 2, 3, 5]),
        (" 1 - 2 , 4 ", [1, 2, 4]),
        ("5,1", [1, 5]),
        ("2-4,3-5,3", [2, 3, 4, 5]),
        ("4-", [4, 5]),
        ("5-5", [5]),
        ("007", [7]),
    ],
)
def test_it_picks_each_page_once_in_order(text: str, numbers: list[int]) -> None:
    assert page_numbers(text, 7 if text == "007" else 5) == numbers


@pytest.mark.parametrize(
    "text",
    ["0", "0-2", "3-1", "6", "4-6", "6-", "-3", "a", "1-b", "1,", ",", "1,,2", "1--2", "1 2", "1.5", "1-2-3", "²"],
)
def test_it_refuses_what_is_no_range_of_the_document(text: str) -> None:
    with pytest.raises(BadPageRange):
        page_numbers(text, 5)


@pytest.mark.parametrize("text", ["1-999999999", "999999999", "9" * 1000, "1-" + "9" * 1000])
def test_it_refuses_a_huge_number_at_once(text: str) -> None:
    with pytest.raises(BadPageRange):
        page_numbers(text, 5)


def test_it_says_what_is_wrong() -> None:
    with pytest.raises(BadPageRange, match="has 5 pages, so 4-9 is out of range"):
        page_numbers("1,4-9", 5)


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([4], "4"), ([1, 2, 3, 7], "1-3, 7"), ([1, 3, 4], "1, 3-4"), ([9, 10], "9-10")]
)
def test_it_writes_pages_as_people_do(numbers: list[int], text: str) -> None:
    assert written(numbers) == text
