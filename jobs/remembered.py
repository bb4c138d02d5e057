"""Figures over so many rows that counting them at each look would be felt: those are remembered for some seconds."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache

T = TypeVar("T")

# Below that many rows a count is a matter of a millisecond, and always exact.
MANY = 5_000
SECONDS = 5


def remembered(key: str, figure: Callable[[], T], rows: Callable[[T], int]) -> T:
    """What `figure` gives; up to SECONDS old where it says, by `rows`, that it went over MANY rows or more."""
    name = f"pdfjobs-{key}"
    found: T | None = cache.get(name)
    if found is None:
        found = figure()
        if rows(found) >= MANY:
            cache.set(name, found, SECONDS)
    return found
