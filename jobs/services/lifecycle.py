"""Cancel, retry, delete: what people do with a job that is there."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from jobs import queue, storage
from jobs.errors import WrongState
from jobs.limits import limits
from jobs.models import Claim, Job, Page

_ACCESS_STEP = timedelta(minutes=1)


def cancel(job: Job) -> Job:
    """Stop a job; the pages made so far stay readable. Raises WrongState when it is finished already."""
    with transaction.atomic():
        if not Job.objects.filter(pk=job.pk).move(Job.Status.CANCELLED):
            raise WrongState(_detail(job, "cancelled", "Only a pending or processing job can be cancelled."))
        _release_pages(job)
    return _fresh(job)


def retry(job: Job) -> Job:
    """Have a failed or cancelled job worked on again; finished pages are kept, failed ones are tried anew.

    Raises WrongState.
    """
    with transaction.atomic():
        again = Job.objects.filter(pk=job.pk)
        if not again.move(Job.Status.PENDING, completed_at=None, error=""):
            raise WrongState(_detail(job, "retried", "Only a failed or cancelled job can be retried."))
        _release_pages(job)
        job.pages.filter(status=Page.Status.FAILED).update(status=Page.Status.PENDING, error="", error_code="")
        waiting = job.pages.filter(status=Page.Status.PENDING)
        waiting.update(attempts=0, crashes=0)
        again.update(pages_done=job.total_pages - waiting.count(), pages_failed=0)
        queue.nudge(limits().workers + 2)
    return _fresh(job)


def delete(job: Job) -> None:
    """Remove a job with its files, whatever its state; a worker that is on it stops within a page."""
    with transaction.atomic():  # from first to last: a worker must not claim in between
        Job.objects.select_for_update().filter(pk=job.pk).first()
        Job.objects.filter(pk=job.pk).delete()
    # After the row: a folder without a row is swept up, a row without its folder would lie about what it has.
    storage.discard_folder(job.job_id)


def note_access(job: Job) -> None:
    """Note that somebody used the finished job: what is used least recently is purged first.

    Not more often than once a minute, so that reading stays cheap.
    """
    now = timezone.now()
    if job.is_finished and (job.last_accessed_at is None or now - job.last_accessed_at > _ACCESS_STEP):
        Job.objects.filter(pk=job.pk).update(last_accessed_at=now)


def _release_pages(job: Job) -> None:
    """Take the job's pages out of the workers' hands: what they save from now on is refused."""
    job.pages.filter(status=Page.Status.PROCESSING).update(status=Page.Status.PENDING, claim=None)
    Claim.objects.filter(job=job).delete()


def _detail(job: Job, verb: str, rule: str) -> str:
    status = Job.objects.filter(pk=job.pk).values_list("status", flat=True).first() or "deleted"
    return f"The job is {status} and can't be {verb}. {rule}"


def _fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)
