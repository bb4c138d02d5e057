"""Owns the web server and the cluster, restarts what dies or hangs, reconciles, and stops all of it in time."""

import logging
import os
import select
import signal
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from jobs import services
from jobs.models import Node
from jobs.node import node_name
from jobs.pipeline import recovery
from jobs.supervision.cluster import ClusterWatch
from jobs.supervision.part import Part
from jobs.webhooks.log import prune

logger = logging.getLogger(__name__)

_LOOK_S = 0.5
_STOP_S = 8.0  # what all parts together get to stop in, before they are killed
_SWEEP_S = 3600.0
# So many rounds of the reconciler in a row with work waiting and no worker on it: the queue is wedged.
_STUCK_ROUNDS = 3


class Supervisor:
    """Runs until SIGTERM or SIGINT. web and cluster are the parts to keep running, as far as this machine has them;
    workers is the size of the cluster."""

    def __init__(self, web: Part | None, cluster: Part | None, workers: int) -> None:
        self.web = web
        self.cluster = cluster
        self._parts = [part for part in (web, cluster) if part]
        self._watch = ClusterWatch(cluster, workers) if cluster else None
        self._workers = workers if cluster else 0
        self._stuck_rounds = 0
        self._next_round = 0.0
        self._next_purge = 0.0
        self._next_sweep = 0.0
        self._wake, self._signalled = os.pipe()

    def run(self) -> None:
        """Start the parts and look after them until a signal says stop."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        for part in self._parts:
            part.start()
        while not select.select([self._wake], [], [], _LOOK_S)[0]:
            self._look_after_parts()
            self._reconcile()
        self._stop()

    def _stop_soon(self, *_: Any) -> None:
        os.write(self._signalled, b"!")

    def _look_after_parts(self) -> None:
        if self.web:
            self._look_after_web(self.web)
        if self.cluster and self._watch:
            self._look_after_cluster(self.cluster, self._watch)

    @staticmethod
    def _look_after_web(web: Part) -> None:
        if web.has_ended():
            logger.error("The web server has ended; it is started again.")
            web.bury()
        web.start_again_when_due()

    def _look_after_cluster(self, cluster: Part, watch: ClusterWatch) -> None:
        if cluster.has_ended():
            logger.error("The cluster has ended; it is started again.")
            self._replace_cluster(cluster, watch)
        elif watch.has_lost_a_member():
            logger.error("The cluster has lost a process; it is replaced.")
            self._replace_cluster(cluster, watch)
        elif self._stuck_rounds >= _STUCK_ROUNDS:
            logger.error("Work waits and no worker takes it; the cluster is replaced.")
            self._replace_cluster(cluster, watch)
        cluster.start_again_when_due()

    def _replace_cluster(self, cluster: Part, watch: ClusterWatch) -> None:
        self._end([cluster])
        watch.forget()
        self._stuck_rounds = 0
        _sound(recovery.recover_node)

    def _reconcile(self) -> None:
        now = time.monotonic()
        if now < self._next_round:
            return
        self._next_round = now + settings.RECONCILE_SECONDS
        _sound(self._say_alive)
        _sound(recovery.recover)
        self._stuck_rounds = self._stuck_rounds + 1 if self.cluster and _sound(recovery.is_stuck) else 0
        _sound(recovery.archive_finished)
        if now >= self._next_purge:
            self._next_purge = now + settings.PURGE_SECONDS
            _sound(_purge)
        if now >= self._next_sweep:
            self._next_sweep = now + _SWEEP_S
            _sound(recovery.remove_orphans)
            _sound(prune)

    def _say_alive(self) -> int:
        Node.objects.say(node_name(), self._workers)
        return self._workers

    def _stop(self) -> None:
        self._end(self._parts)
        _sound(recovery.recover_node)
        _sound(_say_goodbye)

    @staticmethod
    def _end(parts: list[Part]) -> None:
        """Ask the parts to stop, and kill what has not after a while."""
        for part in parts:
            part.terminate()
        deadline = time.monotonic() + _STOP_S
        while time.monotonic() < deadline and not all(part.is_gone() for part in parts):
            time.sleep(0.05)
        for part in parts:
            part.bury()


def _say_goodbye() -> int:
    return Node.objects.filter(name=node_name()).delete()[0]


def _purge() -> int:
    return len(services.purge().due)


def _sound(verb: Callable[[], int]) -> int:
    """Call `verb`; a database that is away must not end the supervisor."""
    try:
        close_old_connections()
        return verb()
    except Exception:
        logger.exception("%s failed; it is tried again.", verb.__name__)
        return 0
