"""Owns the web server and the cluster, restarts what dies or hangs, and stops all of it in time."""

import logging
import os
import select
import signal
import time
from typing import Any

from jobs.pipeline import recovery
from jobs.supervision.cluster import ClusterWatch
from jobs.supervision.part import Part
from jobs.supervision.reconciler import Reconciler, sound

logger = logging.getLogger(__name__)

_LOOK_S = 0.5
STOP_S = 8.0  # what all parts together get to stop in, before they are killed
# So many rounds of the reconciler in a row with work waiting and no worker on it: the queue is wedged.
_STUCK_ROUNDS = 3


class Supervisor:
    """Runs until SIGTERM or SIGINT. web and cluster are the parts to keep running, as far as this machine has them;
    workers is the size of the cluster. Where it sweeps, see `Reconciler`."""

    def __init__(self, web: Part | None, cluster: Part | None, workers: int, sweeps: bool = True) -> None:
        self.web = web
        self.cluster = cluster
        self._parts = [part for part in (web, cluster) if part]
        self._watch = ClusterWatch(cluster, workers) if cluster else None
        self.reconciler = Reconciler(workers if cluster else 0, sweeps)
        self._wake, self._signalled = os.pipe()

    def run(self) -> None:
        """Start the parts and look after them until a signal says stop."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        for part in self._parts:
            part.start()
        while not select.select([self._wake], [], [], _LOOK_S)[0]:
            self._look_after_parts()
            self.reconciler.look()
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
        elif self.reconciler.stuck_rounds >= _STUCK_ROUNDS:
            logger.error("Work waits and no worker takes it; the cluster is replaced.")
            self._replace_cluster(cluster, watch)
        cluster.start_again_when_due()

    def _replace_cluster(self, cluster: Part, watch: ClusterWatch) -> None:
        self._end([cluster])
        watch.forget()
        self.reconciler.stuck_rounds = 0
        sound(recovery.recover_node)

    def _stop(self) -> None:
        self._end(self._parts)
        self.reconciler.say_goodbye()

    @staticmethod
    def _end(parts: list[Part]) -> None:
        """Ask the parts to stop, and kill what has not after a while."""
        for part in parts:
            part.terminate()
        deadline = time.monotonic() + STOP_S
        while time.monotonic() < deadline and not all(part.is_gone() for part in parts):
            time.sleep(0.05)
        for part in parts:
            part.bury()
