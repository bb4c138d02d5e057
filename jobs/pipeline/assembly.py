"""Putting the pages together: a stream to a new file, which the job then points at."""

from typing import IO

from django.db import transaction

from jobs import archive, result, storage
from jobs.models import Claim, Event, Job, WebhookEvent
from jobs.models.event import note
from jobs.models.job import Status
from jobs.page_warnings import page_warnings
from jobs.pipeline.keeping import kept, watch
from jobs.pipeline.outcome import LeaseLost
from jobs.webhooks import outbox


def assemble(claim: Claim) -> None:
    """Make the result of the claim's job and complete it; a job without a single good page fails.

    Raises LeaseLost and Drained.
    """
    job: Job = claim.job
    if job.pages_failed == job.total_pages:
        first = job.pages.order_by("number").values_list("error", flat=True).first()
        _finish(claim, Status.FAILED, error=f"None of its pages could be converted. The first one: {first}")
        archive.write_metadata(job)
        return
    with storage.draft() as draft:
        written = _write(claim, draft)
        with kept(claim):
            job.result.save("result.md", storage.saveable(draft), save=False)
    try:
        _finish(
            claim,
            Status.COMPLETED,
            result=job.result.name,
            result_bytes=written,
            warnings=[*job.warnings, *page_warnings(job)],
            # Failed pages may be tried again, and their PDF opened for it.
            password=job.password if job.pages_failed else "",
        )
    except LeaseLost:
        storage.discard(job.result.name)
        if not Job.objects.filter(pk=job.pk).exists():
            storage.discard_folder(job.job_id)  # deleted meanwhile, and we have just made its folder anew
        raise
    storage.discard_other_results(job.job_id, kept=job.result.name)
    storage.discard_other_pictures(job.job_id, kept=set(job.pictures.values_list("name", flat=True)))
    archive.write_metadata(job)


def _write(claim: Claim, draft: IO[bytes]) -> int:
    """Write the result to `draft`; the number of bytes written. Raises LeaseLost and Drained."""
    tick = watch(claim)
    for piece in result.pieces(claim.job):
        draft.write(piece.encode())
        tick()
    return draft.tell()


def _finish(claim: Claim, to: Status, **changes: object) -> None:
    with transaction.atomic():
        held = Claim.objects.filter(pk=claim.pk).delete()[0]
        if not held or not Job.objects.filter(pk=claim.job_id).move(to, **changes):
            raise LeaseLost
        note(claim.job_id, Event.Kind(to.value), _summary(claim.job))
        outbox.note(claim.job_id, WebhookEvent(f"job.{to.value}"))


def _summary(job: Job) -> str:
    pages, failed = job.total_pages, job.pages_failed
    return f"{pages - failed} of {pages} pages converted"
