"""The crew: all workers of all machines that take part."""

import time

from django.db.models import Count, Sum

from jobs.limits import limits
from jobs.models import Node

# Machines come and go slowly; who asks for each page must not ask the database each time.
_HOLDS_S = 10.0
_known: tuple[float, int, int] | None = None


def crew() -> int:
    """How many workers there are on all machines heard of lately; while there are none, as many as this one would have.

    May be some seconds old.
    """
    return _lately()[1]


def machines() -> int:
    """On how many machines they are. May be some seconds old."""
    return _lately()[2]


def forget() -> None:
    """Begin as a process that has just started."""
    global _known  # noqa: PLW0603
    _known = None


def _lately() -> tuple[float, int, int]:
    global _known  # noqa: PLW0603 (remembered by this process)
    now = time.monotonic()
    if _known is None or now - _known[0] > _HOLDS_S:
        found = Node.objects.working().aggregate(workers=Sum("workers"), machines=Count("pk"))
        _known = now, found["workers"] or limits().workers, found["machines"] or 1
    return _known
