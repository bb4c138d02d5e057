"""Who has to give way in the database tries again."""

from typing import Any

import pytest
from django.db import OperationalError, transaction

from jobs.services.deadlocks import tried_again

pytestmark = pytest.mark.django_db(transaction=True)


class Cause(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


class Verb:
    """Fails with `sqlstate` the first `times`."""

    __name__ = "verb"

    def __init__(self, times: int, sqlstate: str = "40P01") -> None:
        self.left = times
        self.calls = 0
        self._sqlstate = sqlstate

    def __call__(self, *args: Any) -> str:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise OperationalError("deadlock detected") from Cause(self._sqlstate)
        return "done"


@pytest.mark.parametrize("times", [0, 1, 2])
def test_it_tries_again(times: int) -> None:
    verb = Verb(times)
    assert tried_again(verb)() == "done"
    assert verb.calls == times + 1


@pytest.mark.parametrize(("verb", "calls"), [(Verb(9), 3), (Verb(9, "08006"), 1)])
def test_it_does_not_try_for_ever_nor_for_other_reasons(verb: Verb, calls: int) -> None:
    with pytest.raises(OperationalError):
        tried_again(verb)()
    assert verb.calls == calls


def test_it_leaves_it_to_whoever_began_the_transaction() -> None:
    verb = Verb(1)
    with pytest.raises(OperationalError), transaction.atomic():
        tried_again(verb)()
    assert verb.calls == 1
