"""The queue: the one file that knows Django-Q2. It carries nothing; a task only wakes a worker.

A token is one such task, "there may be work". At most as many wait as wake all workers of all machines: a queue never
stands in front of the database's word on whose turn it is. Whoever is awake goes on without tokens. A cluster that dies
has taken some with it, or they come back much later: nothing depends on them.
"""

import gc
import logging
import time
from functools import cache
from multiprocessing.sharedctypes import RawValue
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections, transaction
from django_q.brokers import Broker, get_broker
from django_q.cluster import Cluster
from django_q.conf import Conf
from django_q.tasks import async_task

from jobs.crew import crew, machines

logger = logging.getLogger(__name__)

TASK = "jobs.tasks.advance"

# Nobody waits while hundreds are posted; those who are woken wake more.
_MOST_AT_ONCE = 64

# So many tokens a cluster takes while all its workers are busy: others must not be missing them.
_HELD_BY_CLUSTER = 2

# When the cluster was asked to stop, by the monotonic clock; 0 when it was not. Shared by its processes through fork.
# Bare, for a lock in it could be held by a killed worker for ever.
_draining = RawValue("d", 0.0)


def nudge(wanted: int = 1) -> None:
    """Have up to `wanted` more workers look for work, once the running transaction is committed.

    Harmless to repeat. Never raises: when the broker is away, the reconciler nudges again.
    """
    if wanted > 0:
        transaction.on_commit(lambda: _post(wanted))


def _post(wanted: int) -> None:
    try:
        broker = _broker()
        room = crew() + _HELD_BY_CLUSTER * machines() - (broker.queue_size() or 0)
        tokens = _Tokens(broker.list_key)
        for _ in range(min(wanted, room, _MOST_AT_ONCE)):
            async_task(TASK, broker=tokens)
        tokens.post(broker)
    except Exception:
        logger.warning("The queue can't be reached; the reconciler tries again.", exc_info=True)


class _Tokens:
    """Stands in for a broker while tokens are made, for all to be posted at once: those who are woken take the time."""

    def __init__(self, list_key: str) -> None:
        self.list_key = list_key
        self._made: list[str] = []

    def enqueue(self, token: str) -> None:
        self._made.append(token)

    def post(self, broker: Broker) -> None:
        """Raises what the broker raises."""
        if Conf.ORM:
            for token in self._made:
                broker.enqueue(token)
        elif self._made:
            broker.connection.rpush(broker.list_key, *self._made)


@cache
def _broker() -> Broker:
    """One for all: each keeps its connections."""
    return get_broker()


def waiting_tokens() -> int:
    """How many tokens no worker has taken yet. Raises what the broker raises."""
    return int(_broker().queue_size() or 0)


def described() -> str:
    """Where the queue is, for operators' eyes; no secrets."""
    if Conf.ORM:
        return "the database"
    address = urlsplit(settings.REDIS_URL)
    return f"Redis at {address.hostname or ''}{f':{address.port}' if address.port else ''}{address.path}"


def is_draining() -> bool:
    """Whether this process's cluster was asked to stop."""
    return bool(_draining.value)


def must_stop() -> bool:
    """Whether it was asked so long ago that what is not done by now has to be given back."""
    return is_draining() and time.monotonic() - _draining.value >= settings.DRAIN_SECONDS


class DrainingCluster(Cluster):  # type: ignore[misc]
    """Django-Q2's cluster, that tells its workers when it is asked to stop."""

    def sig_handler(self, signum: int, frame: Any) -> None:
        _draining.value = _draining.value or time.monotonic()
        super().sig_handler(signum, frame)


def run_cluster(workers: int) -> None:
    """Run `workers` worker processes until SIGTERM or SIGINT. Call it from the main thread of an own process."""
    Conf.WORKERS = workers
    # Django-Q2 closes connections after each task unless they may live on; opening one costs more than a task.
    connections["default"].settings_dict["CONN_MAX_AGE"] = 600
    # What is loaded by now stays, and is never looked at again: the processes forked from here share its memory. And a
    # page leaves nothing behind that had to be looked for some times each page.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    DrainingCluster().start()
