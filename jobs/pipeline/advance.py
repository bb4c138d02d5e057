"""What a worker does with one token: take what is next in turn, do it, see that the next token is on its way."""

import logging
from collections.abc import Callable

from django.db import DatabaseError

from jobs import logs, queue
from jobs.models import Claim
from jobs.pipeline import claims
from jobs.pipeline.assembly import assemble
from jobs.pipeline.conversion import convert
from jobs.pipeline.outcome import LeaseLost

logger = logging.getLogger(__name__)


def advance() -> bool:
    """Do one claim's work; False when nothing waits. Raises nothing that a page or a lost lease can cause."""
    if queue.is_draining():
        return False
    claim = claims.claim_next()
    if claim is None:
        return False
    queue.nudge()
    _work(claim)
    return True


def _work(claim: Claim) -> None:
    token = logs.job_id.set(claim.job.job_id)
    try:
        _guarded(convert if claim.kind == Claim.Kind.PAGES else assemble, claim)
        # Whoever makes the last page assembles at once: nobody waits for another turn of the queue.
        result = claims.claim_result(claim.job_id)
        if result:
            _guarded(assemble, result)
    finally:
        logs.job_id.reset(token)


def _guarded(work: Callable[[Claim], None], claim: Claim) -> None:
    try:
        work(claim)
    except LeaseLost:
        logger.info("Stopped: cancelled, deleted, or taken over by another worker.")
    except (OSError, DatabaseError):
        # The machine's fault (disk full, database away), not a page's: tried again when the reconciler nudges.
        logger.exception("A claim was given back.")
        claims.give_back_uncounted(claim)
    except Exception:
        logger.exception("A claim was given back after an error of the server's own.")
        claims.give_back(claim)
