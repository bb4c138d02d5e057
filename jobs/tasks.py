"""What Django-Q2 calls."""

import logging

from jobs import services
from jobs.pipeline.advance import Turn
from jobs.pipeline.advance import advance as advance_one
from jobs.webhooks import outbox
from jobs.webhooks.sender import SENDER

logger = logging.getLogger(__name__)


def advance() -> None:
    """There may be work. Nothing is ever raised to Django-Q2: its own retries are not ours.

    Webhooks are sent beside the pages: one kind of token wakes for both, so that neither takes the other's place.
    """
    try:
        if outbox.is_due():
            SENDER.wake()
        if advance_one() == Turn.FINISHED:
            services.purge()
    except Exception:
        logger.exception("A worker could not look for work.")
