"""Somebody has to work while a command waits: the server that runs, or else a cluster for the time of the command."""

import os
import time
from collections.abc import Mapping
from typing import Self

from django.conf import settings

from jobs import storage
from jobs.limits import limits
from jobs.models import Node
from jobs.pipeline import recovery
from jobs.supervision.lock import AlreadyRunning, lock_folder
from jobs.supervision.migrating import migrate
from jobs.supervision.part import Part
from jobs.supervision.supervisor import Supervisor

# A server that is just started anew shall find its data folder free.
_PATIENCE_S = 10.0


class OwnCluster(Supervisor):
    """A supervisor without a web server, that looks when it is asked to instead of until a signal."""

    def __init__(self, cluster: Part, workers: int) -> None:
        super().__init__(None, cluster, workers, sweeps=False)  # that is for `serve` or an operator

    def start(self) -> None:
        recovery.recover_node()
        for part in self._parts:
            part.start()

    def look(self) -> None:
        """Replace the cluster if it has died or hangs, and reconcile when that is due."""
        self._look_after_parts()
        self.reconciler.look()

    def stop(self) -> None:
        """End the cluster; what it had in hand is given back."""
        self._stop()


class Hands:
    """While it is entered somebody works on the data folder: a `serve` (or another command), else a cluster of ours.

    Call `look` every now and then: it takes over when the other one has gone. environment is for our cluster.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._lock: int | None = None
        self._own: OwnCluster | None = None
        self._seen_at = 0.0

    @property
    def are_own(self) -> bool:
        return self._own is not None

    def __enter__(self) -> Self:
        """Make the data folder and the database ready, as `serve` does it, unless one has done it and runs."""
        self._seen_at = time.monotonic()
        if self._lock_folder():
            try:
                migrate()
                storage.prepare()
                self._start()
            except BaseException:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._own:
            self._own.stop()
            self._own = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def look(self) -> None:
        if self._own:
            self._own.look()
        elif Node.objects.working().exists():
            self._seen_at = time.monotonic()
        elif time.monotonic() - self._seen_at > _PATIENCE_S and self._lock_folder():
            self._start()

    def _lock_folder(self) -> bool:
        try:
            self._lock = lock_folder(settings.RUN_DIR)
        except AlreadyRunning:
            return False
        return True

    def _start(self) -> None:
        workers = limits().workers
        cluster = Part("cluster", "pdfjobs_site.cluster", {"workers": workers}, self._environment, ())
        self._own = OwnCluster(cluster, workers)
        self._own.start()
