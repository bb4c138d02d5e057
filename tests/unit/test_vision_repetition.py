"""Telling a loop from what looks alike on real pages."""

import random
import string

import pytest

from jobs.engines.vision.repetition import Watch, period, without_loop

LOREM = "".join(random.Random(7).choices(string.ascii_lowercase + "    ", k=6000))

HONEST = {
    "prose": LOREM,
    "leaders": LOREM + "\nContents " + "." * 200 + " 7\n" + LOREM[:300],
    "a rule": LOREM + "\n" + "_" * 400,
    "rows of zeros": LOREM + "\n" + "| 0 | 0 | 0 |\n" * 60,
    "empty cells": "| |" * 300,
    "short": "ha " * 300,
}


@pytest.mark.parametrize("name", HONEST)
def test_it_lets_honest_pages_pass(name: str) -> None:
    assert period(HONEST[name]) is None
    assert without_loop(HONEST[name]) == HONEST[name]


@pytest.mark.parametrize(
    "unit", ["a", "ha ", "| 0 | 0 |\n", "And so it goes on. ", LOREM[:240] + "\n", LOREM[:1400] + "\n"], ids=len
)
def test_it_cuts_a_loop_to_one_round(unit: str) -> None:
    start = "It began well.\n\n"
    text = start + unit * (9000 // len(unit))
    found = period(text)
    assert found is not None
    assert len(unit) % found == 0
    assert without_loop(text).strip() == (start + unit[:found]).strip()


def test_it_cuts_a_loop_that_is_in_the_middle_of_a_round() -> None:
    assert without_loop("It began well. " + "so it goes on, and " * 200 + "so it g").startswith(
        "It began well. so it g"
    )


def test_it_keeps_nothing_of_a_text_that_is_only_a_loop() -> None:
    assert without_loop("And so on. " * 400) == ""


def test_it_watches_a_growing_text() -> None:
    watch, text = Watch(), LOREM
    assert not watch.is_looping(text)
    for step in range(1000):
        text += "on and on "
        if watch.is_looping(text):
            assert 150 <= step <= 300
            return
    pytest.fail("The loop was not seen.")
