"""Figures over very many rows are remembered for a while, others never."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from jobs.remembered import MANY, remembered


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize(("rows", "asked"), [(MANY - 1, 3), (MANY, 1)])
def test_it_remembers_only_what_is_costly(rows: int, asked: int) -> None:
    calls = []

    def figure() -> str:
        calls.append(1)
        return "figure"

    for _ in range(3):
        assert remembered("test", figure, lambda _: rows) == "figure"
    assert len(calls) == asked


def test_it_tells_figures_apart() -> None:
    assert remembered("one", lambda: 1, lambda _: MANY) == 1
    assert remembered("two", lambda: 2, lambda _: MANY) == 2
