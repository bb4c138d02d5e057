"""The thread that sends: beside the work of its process, so that no receiver, however slow, holds up a page.

A worker mostly waits for its sandbox, and a sender for its receivers; neither takes the other's time.
"""

import logging
from threading import Lock, Thread

from django.db import connections

from jobs.webhooks.sending import send_due

logger = logging.getLogger(__name__)


class Sender:
    """At most one thread, which lives as long as something is due."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wanted = False
        self._thread: Thread | None = None

    def wake(self) -> None:
        """Have what is due sent. Returns at once."""
        with self._lock:
            self._wanted = True
            if self._thread is None:
                self._thread = Thread(target=self._run, name="webhook-sender", daemon=True)
                self._thread.start()

    def join(self) -> None:
        """Wait until nothing is due any more."""
        thread = self._thread
        if thread:
            thread.join()

    def _run(self) -> None:
        while self._takes_up():
            try:
                send_due()
            except Exception:
                logger.exception("Webhooks could not be sent; the reconciler tries again.")
            finally:
                connections.close_all()

    def _takes_up(self) -> bool:
        """Whether somebody asked since the last time; if not, the thread ends."""
        with self._lock:
            if not self._wanted:
                self._thread = None
            wanted, self._wanted = self._wanted, False
            return wanted


SENDER = Sender()
