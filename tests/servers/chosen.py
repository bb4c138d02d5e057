"""The servers on which a run of the tests is: `TESTS_ON=postgres,redis,s3 pytest …`, any of them; else none.

They run as long as the tests, whose processes share them; each test has its own database, queue and part of the bucket.
"""

import itertools
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path

from tests.servers import postgres, redis, s3
from tests.servers.program import Missing

CHOSEN = frozenset(filter(None, os.environ.get("TESTS_ON", "").split(",")))
_KNOWN: dict[str, Callable[[], AbstractContextManager[postgres.Postgres | redis.Redis | s3.S3]]] = {
    "postgres": postgres.running,
    "redis": redis.running,
    "s3": s3.running,
}
# pytest-xdist's processes: gw0, gw1, …; they find the servers in their environment.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_FIRST = 1 + 100 * int(_WORKER.removeprefix("gw") or -1) if _WORKER else 900
_numbers = itertools.count(_FIRST)


def start(until_end: ExitStack) -> None:
    """Start what was chosen, and put the settings of it into the environment. Raises SystemExit."""
    if unknown := CHOSEN - set(_KNOWN):
        raise SystemExit(f"TESTS_ON names {', '.join(sorted(unknown))}; there are: {', '.join(_KNOWN)}.")
    if not _WORKER:
        try:
            for name in CHOSEN:
                os.environ.update(until_end.enter_context(_KNOWN[name]()).environment)
        except Missing as missing:
            raise SystemExit(str(missing)) from missing
    os.environ.update(_queue())


@cache
def environment_for(folder: Path) -> dict[str, str]:
    """The settings for a server of the project on the data folder `folder`: its own database, queue and prefix."""
    found = _queue()
    if "postgres" in CHOSEN:
        found["DATABASE_URL"] = postgres.new_database(os.environ["DATABASE_URL"])
    if "s3" in CHOSEN:
        found["AWS_LOCATION"] = new_prefix()
    return found


def new_prefix() -> str:
    """A part of the bucket in which nothing is yet."""
    return f"place-{next(_numbers)}-{os.getpid()}"


def _queue() -> dict[str, str]:
    """A queue of Redis in which nothing is yet."""
    if "redis" not in CHOSEN:
        return {}
    server = os.environ["REDIS_URL"].rpartition("/")[0]
    return {"REDIS_URL": f"{server}/{next(_numbers)}"}
