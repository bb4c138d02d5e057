"""What Django-Q2 calls."""

import logging

from jobs import services
from jobs.pipeline.advance import Turn
from jobs.pipeline.advance import advance as advance_one

logger = logging.getLogger(__name__)


def advance() -> None:
    """There may be work. Nothing is ever raised to Django-Q2: its own retries are not ours."""
    try:
        if advance_one() == Turn.FINISHED:
            services.purge()
    except Exception:
        logger.exception("A worker could not look for work.")
