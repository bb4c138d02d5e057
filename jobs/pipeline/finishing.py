"""What a worker does around its work: deal with what that raises, and assemble a job of which it made the last page."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError

from jobs.models import Claim
from jobs.pipeline import claims
from jobs.pipeline.assembly import assemble
from jobs.pipeline.outcome import Drained, LeaseLost

logger = logging.getLogger(__name__)


def guarded(work: Callable[[Claim], None], claim: Claim) -> bool:
    """Whether `work` was done; what it raises is dealt with here."""
    try:
        work(claim)
        return True
    except LeaseLost:
        logger.info("Stopped: cancelled, deleted, or taken over by another worker.")
    except Drained:
        claims.give_back_uncounted(claim)
    except (OSError, DatabaseError):
        # The machine's fault (disk full, storage or database away), not a page's. It is hardly over in a moment.
        logger.exception("A claim was given back.")
        claims.give_back_uncounted(claim)
        time.sleep(settings.TROUBLE_SECONDS)
    except Exception:
        logger.exception("A claim was given back after an error of the server's own.")
        claims.give_back(claim)
    return False


def finish(job_id: int) -> bool:
    """Assemble the job with that key if all its pages are through and nobody else does it; whether it was done.

    Whoever makes the last page assembles at once: nobody waits for another turn of the queue.
    """
    claim = claims.claim_result(job_id)
    return claim is not None and guarded(assemble, claim)
