"""Cancel, retry, keep, read: what people do with a job that is there."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jobs import archive, queue
from jobs.clock import Now, earlier, later
from jobs.errors import Purged, WrongState
from jobs.models import Claim, Event, Job, Page, Reading, WebhookEvent
from jobs.models.event import note
from jobs.page_warnings import without_page_warnings
from jobs.services.admission import check_active_pages
from jobs.services.deadlocks import tried_again
from jobs.webhooks import outbox

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# A download that has not been heard of for so long is over.
_READING = timedelta(minutes=10)
_RETRIED = "Only a failed or cancelled job can be retried, or a completed one with failed pages."
_ACCESS_STEP = timedelta(minutes=1)


@tried_again
def cancel(job: Job) -> Job:
    """Stop a job; the pages made so far stay readable. Raises WrongState when it is finished already."""
    with transaction.atomic():
        Claim.objects.filter(job=job).lock()
        if not Job.objects.filter(pk=job.pk).move(Job.Status.CANCELLED):
            raise WrongState(_detail(job, "cancelled", "Only a pending or processing job can be cancelled."))
        Claim.objects.filter(job=job).end()
        note(job.pk, Event.Kind.CANCELLED)
        outbox.note(job.pk, WebhookEvent.CANCELLED)
    archive.write_metadata(job)
    return _fresh(job)


@tried_again
def retry(job: Job) -> Job:
    """Have a failed or cancelled job worked on again, or the failed pages of a completed one. Finished pages are kept,
    failed ones are tried anew; a result that is there stays until the new one is made.

    Raises WrongState, TooManyActivePages, and Purged when its files are gone.
    """
    if job.is_purged:
        raise purged(job)
    with transaction.atomic():
        Claim.objects.filter(job=job).lock()
        this = Job.objects.filter(pk=job.pk)
        if not this.stored().move(Job.Status.PENDING, completed_at=None, error="", archived=False):
            raise WrongState(_detail(job, "retried", _RETRIED))
        this.update(warnings=without_page_warnings(_fresh(job)))
        Claim.objects.filter(job=job).end()
        job.pages.filter(status=Page.Status.FAILED).update(status=Page.Status.PENDING, error="", error_code="")
        waiting = job.pages.filter(status=Page.Status.PENDING)
        waiting.update(attempts=0, crashes=0)
        left = waiting.count()
        check_active_pages(job.owner_id, left, besides=job)
        this.update(pages_done=job.total_pages - left, pages_failed=0)
        note(job.pk, Event.Kind.RETRIED)
        queue.nudge(left + 1)
    return _fresh(job)


def keep(job: Job, wanted: bool = True) -> Job:
    """Protect a job from being purged, or no longer. Raises Purged when it is too late."""
    if not Job.objects.stored().filter(pk=job.pk).update(keep=wanted):
        raise purged(_fresh(job))
    note(job.pk, Event.Kind.KEPT if wanted else Event.Kind.NOT_KEPT)
    return _fresh(job)


def assign_jobs(owner: "User") -> int:
    """Give all jobs that have no owner to `owner`; how many."""
    # Their metadata.json is written anew by the reconciler: it names the owner.
    return Job.objects.filter(owner=None).update(owner=owner, archived=False)


def note_access(job: Job) -> None:
    """Note that somebody used the finished job: what is used least recently is purged first.

    Not more often than once a minute, so that reading stays cheap.
    """
    noted = job.last_accessed_at
    # Looked at first by this machine's clock: most reading then costs no query.
    if job.is_finished and (noted is None or abs(timezone.now() - noted) > _ACCESS_STEP):
        unnoted = Q(last_accessed_at=None) | Q(last_accessed_at__lt=earlier(_ACCESS_STEP))
        Job.objects.filter(unnoted, pk=job.pk).update(last_accessed_at=Now(), used_at=Now())


def begin_reading(job: Job) -> Reading:
    """Note that a download begins: until `end_reading` the files stay. Say `go_on_reading` now and then."""
    note_access(job)
    note(job.pk, Event.Kind.DOWNLOADED)
    return Reading.objects.create(job=job, until=later(_READING))


def go_on_reading(reading: Reading) -> None:
    """The download is still going on."""
    Reading.objects.filter(pk=reading.pk).update(until=later(_READING))


def end_reading(reading: Reading) -> None:
    """The download is over."""
    Reading.objects.filter(pk=reading.pk).delete()


def purged(job: Job) -> Purged:
    """The refusal for what needs the files of a job that was purged."""
    return Purged(f"The job was purged: {job.purge_reason or 'there was no room'}. Upload the PDF again.")


def _detail(job: Job, verb: str, rule: str) -> str:
    status = Job.objects.filter(pk=job.pk).values_list("status", flat=True).first() or "deleted"
    return f"The job is {status} and can't be {verb}. {rule}"


def _fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)
