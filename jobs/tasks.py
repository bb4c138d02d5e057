"""What Django-Q2 calls."""

import logging

from jobs.pipeline.advance import advance as advance_one

logger = logging.getLogger(__name__)


def advance() -> None:
    """There may be work. Nothing is ever raised to Django-Q2: its own retries are not ours."""
    try:
        advance_one()
    except Exception:
        logger.exception("A worker could not look for work.")
