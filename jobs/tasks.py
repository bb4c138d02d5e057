"""What Django-Q2 calls."""

import logging
import time
from functools import cache

from django.conf import settings

from jobs import queue, services
from jobs.pipeline import claims
from jobs.pipeline.advance import Turn
from jobs.pipeline.advance import advance as advance_one
from jobs.webhooks import outbox
from jobs.webhooks.sender import SENDER

logger = logging.getLogger(__name__)


def advance() -> None:
    """There may be work: take what is next in turn as long as something waits, for TASK_SECONDS.

    Nothing is ever raised to Django-Q2: its own retries are not ours.
    """
    ends = time.monotonic() + settings.TASK_SECONDS
    try:
        look = cache(_see_to_webhooks)
        turn = advance_one(look)
        look()  # at each token, whether there was something else to do or not
        while turn != Turn.IDLE and not queue.is_draining():
            if turn == Turn.FINISHED:
                services.purge()
            if time.monotonic() > ends:
                queue.nudge()
                return
            turn = advance_one(_see_to_others)
    except Exception:
        logger.exception("A worker could not look for work.")


def _see_to_others() -> None:
    claims.wake_idle()
    _see_to_webhooks()


def _see_to_webhooks() -> None:
    """Webhooks are sent beside the pages: one kind of token wakes for both, so that neither takes the other's place."""
    if outbox.is_due():
        SENDER.wake()
