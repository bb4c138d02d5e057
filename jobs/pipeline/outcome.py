"""What became of a page, and the job's progress with it: written only while the claim holds.

All of it runs inside the caller's transaction.
"""

from typing import Any

from django.db.models import F

from jobs.clock import Now
from jobs.models import Claim, Event, Job, Page, tally
from jobs.models.event import note


class LeaseLost(Exception):
    """What was claimed is ours no more: the job was cancelled or deleted, or somebody else has taken over."""


class Drained(Exception):
    """The cluster stops, and what was running has had its grace."""


def fail(claim: Claim, page: Page, code: str, reason: str) -> None:
    """Give `page` up, inside a transaction. Raises LeaseLost."""
    settle(claim, page, status=Page.Status.FAILED, crashes=F("crashes") + 1, error_code=code, error=reason)
    progress(claim.job_id, pages_done=F("pages_done") + 1, pages_failed=F("pages_failed") + 1)
    note(claim.job_id, Event.Kind.PAGE_FAILED, f"page {page.number}: {reason}")
    tally.add(tally.TallyName.PAGES_FAILED, claim.job.engine, code)


def settle(claim: Claim, page: Page, **changes: Any) -> None:
    """Take `page` out of `claim` with `changes`, at the end of an attempt. Raises LeaseLost."""
    held = Page.objects.filter(pk=page.pk, claim=claim)
    if not held.update(claim=None, converted_at=Now(), attempts=F("attempts") + 1, **changes):
        raise LeaseLost


def progress(job: int, **changes: Any) -> None:
    """Change the counts of the job with that key while it is processing. Raises LeaseLost."""
    running = Job.objects.filter(pk=job, status=Job.Status.PROCESSING)
    if not running.update(last_progress_at=Now(), **changes):
        raise LeaseLost
