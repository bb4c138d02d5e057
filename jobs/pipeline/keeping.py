"""Keeping a claim while the work for it lasts: its heartbeat tells a slow worker from a dead one."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.conf import settings
from django.db import DatabaseError, connections

from jobs import queue
from jobs.models import Claim
from jobs.pipeline import claims
from jobs.pipeline.outcome import Drained, LeaseLost

logger = logging.getLogger(__name__)


def watch(claim: Claim) -> Callable[[], None]:
    """What a worker calls again and again while it works: is the claim still ours, and must we stop?

    Renews the lease when that is due. Raises LeaseLost and Drained.
    """

    def tick() -> None:
        if queue.must_stop():
            raise Drained
        claims.renew_when_due(claim)

    return tick


@contextmanager
def kept(claim: Claim) -> Iterator[None]:
    """Renew the lease from a thread of its own while this one can't: it waits for the storage.

    Raises LeaseLost at the end when it was lost. A storage that never answers is bounded by Django-Q2's timeout.
    """
    over, lost = Event(), Event()
    thread = Thread(target=_beat, args=(claim, over, lost), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if lost.is_set():
        raise LeaseLost


def _beat(claim: Claim, over: Event, lost: Event) -> None:
    """Most waits are over before the first beat, and then there is no connection of this thread's to be closed."""
    try:
        while not over.wait(settings.HEARTBEAT_SECONDS):
            try:
                claims.renew(claim)
            except DatabaseError:
                logger.warning("A lease could not be renewed; it is tried again.", exc_info=True)
    except LeaseLost:
        lost.set()
    finally:
        connections.close_all()
