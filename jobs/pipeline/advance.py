"""What a worker does with one token: take what is next in turn, do it, see that the next token is on its way."""

import logging
from collections.abc import Callable
from enum import IntEnum

from django.db import DatabaseError

from jobs import logs, queue
from jobs.models import Claim
from jobs.pipeline import claims
from jobs.pipeline.assembly import assemble
from jobs.pipeline.conversion import convert
from jobs.pipeline.outcome import LeaseLost

logger = logging.getLogger(__name__)


class Turn(IntEnum):
    """What came of a token."""

    IDLE = 0
    """Nothing waits."""
    WORKED = 1
    FINISHED = 2
    """A job's last step was done."""


def advance() -> Turn:
    """Do one claim's work. Raises nothing that a page or a lost lease can cause."""
    if queue.is_draining():
        return Turn.IDLE
    claim = claims.claim_next()
    if claim is None:
        return Turn.IDLE
    queue.nudge()
    return _work(claim)


def _work(claim: Claim) -> Turn:
    token = logs.job_id.set(claim.job.job_id)
    try:
        if claim.kind == Claim.Kind.PAGES:
            _guarded(convert, claim)
            # Whoever makes the last page assembles at once: nobody waits for another turn of the queue.
            result = claims.claim_result(claim.job_id)
        else:
            result = claim
        if result is None:
            return Turn.WORKED
        return Turn.FINISHED if _guarded(assemble, result) else Turn.WORKED
    finally:
        logs.job_id.reset(token)


def _guarded(work: Callable[[Claim], None], claim: Claim) -> bool:
    """Whether `work` was done; what it raises is dealt with here."""
    try:
        work(claim)
        return True
    except LeaseLost:
        logger.info("Stopped: cancelled, deleted, or taken over by another worker.")
    except (OSError, DatabaseError):
        # The machine's fault (disk full, database away), not a page's: tried again when the reconciler nudges.
        logger.exception("A claim was given back.")
        claims.give_back_uncounted(claim)
    except Exception:
        logger.exception("A claim was given back after an error of the server's own.")
        claims.give_back(claim)
    return False
