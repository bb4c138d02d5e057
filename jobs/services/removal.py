"""Taking a job's files away, in steps that a death between any two of them leaves to be finished by the next run.

First the row says what is going on, then the files go, then the row says that they are gone (or goes too).
"""

import logging

from django.db import transaction

from jobs import input_cache, storage
from jobs.clock import Now
from jobs.models import Claim, Event, Job, Page, Picture, Reading, WebhookEvent
from jobs.models.event import note
from jobs.models.job import Removal
from jobs.services.deadlocks import tried_again
from jobs.webhooks import outbox

logger = logging.getLogger(__name__)


@tried_again
def delete(job: Job) -> None:
    """Remove a job with its files, whatever its state; a worker that is on it stops within a page."""
    with transaction.atomic():
        Claim.objects.filter(job=job).lock()
        if Job.objects.filter(pk=job.pk).move(Job.Status.CANCELLED):
            outbox.note(job.pk, WebhookEvent.CANCELLED)  # whoever waits for its end shall not wait for ever
        Claim.objects.filter(job=job).end()
        Job.objects.filter(pk=job.pk).update(removal=Removal.DELETING)
    finish(job)


def finish(job: Job) -> None:
    """Finish the removal that is under way for `job`; nothing happens when none is. Raises OSError of the storage."""
    fresh = Job.objects.filter(pk=job.pk).filter(removal__isnull=False).first()
    if fresh is None:
        return
    storage.discard_folder(fresh.job_id)
    input_cache.forget(fresh.job_id)
    if fresh.removal == Removal.DELETING:
        # The pages first, and by themselves: who is just taking some is waited for, and no claim can come after that.
        Page.objects.filter(job=fresh).delete()
        Job.objects.filter(pk=fresh.pk).delete()
    else:
        _leave_tombstone(fresh)


def finish_all() -> int:
    """Finish the removals that a death has left midway; how many."""
    return sum(_finished(job) for job in list(Job.objects.filter(removal__isnull=False)))


def _finished(job: Job) -> bool:
    try:
        finish(job)
    except OSError:
        # One folder that can't be removed must not stand in the way of all others.
        logger.exception("The files of %s can't be removed; it is tried again.", job.job_id)
        return False
    return True


@transaction.atomic
def _leave_tombstone(job: Job) -> None:
    Page.objects.filter(job=job).delete()
    Picture.objects.filter(job=job).delete()
    Reading.objects.filter(job=job).delete()
    gone = Job.objects.filter(pk=job.pk, removal=Removal.PURGING)
    if gone.update(removal=None, purged_at=Now(), input="", result="", password="", stored_bytes=0, page_bytes=0):
        note(job.pk, Event.Kind.PURGED, job.purge_reason)
        outbox.note(job.pk, WebhookEvent.PURGED)
