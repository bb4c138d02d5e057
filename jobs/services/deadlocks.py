"""Two who change the same rows in different orders stop each other; the database lets one of them go on."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

P = ParamSpec("P")
T = TypeVar("T")

_ROUNDS = 3
_DEADLOCK = "40P01"  # PostgreSQL's; SQLite has one writer at a time


def tried_again(verb: Callable[P, T]) -> Callable[P, T]:
    """`verb`, which changes nothing when it fails, once more when it was the one that had to give way.

    A worker that saves a page takes the page first and its job then, who cancels the job takes them in turn.
    """

    @wraps(verb)
    def patient(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(_ROUNDS - 1):
            try:
                return verb(*args, **kwargs)
            except OperationalError as error:
                gave_way = getattr(error.__cause__, "sqlstate", None) == _DEADLOCK
                if not gave_way or transaction.get_connection().in_atomic_block:
                    raise
        return verb(*args, **kwargs)

    return patient
