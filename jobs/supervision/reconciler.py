"""The reconciler: what every machine does now and then to keep the house in order."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections

from jobs import input_cache, services
from jobs.models import Allowance, Node
from jobs.node import node_name
from jobs.pipeline import recovery
from jobs.webhooks.log import prune

logger = logging.getLogger(__name__)

HEARTBEAT = "heartbeat"
"""A file in the run folder, touched in each round in which the database has heard of this machine: for health checks
where there is no web server."""

_SWEEP_S = 3600.0


class Reconciler:
    """Call `look` often; it does what is due. workers is how many this machine has.

    Where it `sweeps`, also what belongs to no job is removed.
    """

    def __init__(self, workers: int, sweeps: bool) -> None:
        self.stuck_rounds = 0
        """So many times in a row there was work waiting and no worker of this machine on it."""
        self._workers = workers
        self._sweeps = sweeps
        self._next_round = 0.0

    def look(self) -> None:
        now = time.monotonic()
        if now < self._next_round:
            return
        self._next_round = now + settings.RECONCILE_SECONDS
        sound(self._say_alive)
        sound(recovery.recover)
        self.stuck_rounds = self.stuck_rounds + 1 if self._workers and sound(recovery.is_stuck) else 0
        sound(input_cache.sweep)
        sound(recovery.archive_finished)
        self._in_turn("purge", settings.PURGE_SECONDS, _purge)
        if self._sweeps:
            self._in_turn("sweep", _SWEEP_S, recovery.remove_orphans)
            self._in_turn("prune", _SWEEP_S, prune)

    def say_goodbye(self) -> None:
        """This machine takes no part any more."""
        sound(recovery.recover_node)
        sound(_leave)

    def _say_alive(self) -> int:
        Node.objects.say(node_name(), self._workers)
        (settings.RUN_DIR / HEARTBEAT).touch()
        return self._workers

    @staticmethod
    def _in_turn(name: str, seconds: float, verb: Callable[[], int]) -> None:
        """Do what one machine has to do for all of them every so many seconds, if it was not done just now."""

        def do() -> int:
            # A round less, for machines that look at the same time.
            span = timedelta(seconds=max(1.0, seconds - settings.RECONCILE_SECONDS / 2))
            return verb() if Allowance.objects.take(f"round-{name}", 1, 1, span)[0] else 0

        do.__name__ = name
        sound(do)


def _leave() -> int:
    return Node.objects.filter(name=node_name()).delete()[0]


def _purge() -> int:
    return len(services.purge().due)


def sound(verb: Callable[[], int]) -> int:
    """Call `verb`; a database that is away must not end the supervisor."""
    try:
        close_old_connections()
        return verb()
    except Exception:
        logger.exception("%s failed; it is tried again.", verb.__name__)
        return 0
