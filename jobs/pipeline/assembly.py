"""Putting the pages together: a stream to a new file, which the job then points at."""

import time
from typing import IO

from django.conf import settings
from django.db import transaction

from jobs import archive, result, storage
from jobs.models import Claim, Event, Job
from jobs.models.event import note
from jobs.models.job import Status
from jobs.pipeline import claims
from jobs.pipeline.outcome import LeaseLost


def assemble(claim: Claim) -> None:
    """Make the result of the claim's job and complete it; a job without a single good page fails. Raises LeaseLost."""
    job: Job = claim.job
    if job.pages_failed == job.total_pages:
        first = job.pages.order_by("number").values_list("error", flat=True).first()
        _finish(claim, Status.FAILED, error=f"None of its pages could be converted. The first one: {first}")
        archive.write_metadata(job)
        return
    with storage.draft() as draft:
        written = _write(claim, draft)
        job.result.save("result.md", storage.saveable(draft), save=False)
    try:
        _finish(
            claim,
            Status.COMPLETED,
            result=job.result.name,
            result_bytes=written,
            warnings=[*job.warnings, *_warnings(job)],
            password="",
        )
    except LeaseLost:
        storage.discard(job.result.name)
        if not Job.objects.filter(pk=job.pk).exists():
            storage.discard_folder(job.job_id)  # deleted meanwhile, and we have just made its folder anew
        raise
    storage.discard_other_results(job.job_id, kept=job.result.name)
    archive.write_metadata(job)


def _write(claim: Claim, draft: IO[bytes]) -> int:
    """Write all pages to `draft`; the number of bytes written."""
    next_beat = time.monotonic() + settings.HEARTBEAT_SECONDS
    for _, before, text in result.parts(claim.job):
        draft.write(before + text)
        if time.monotonic() >= next_beat:
            claims.renew(claim)
            next_beat = time.monotonic() + settings.HEARTBEAT_SECONDS
    return draft.tell()


def _warnings(job: Job) -> list[str]:
    said = job.pages.exclude(warnings=[]).order_by("number").values_list("warnings", flat=True)
    return [warning for warnings in said.iterator() for warning in warnings]


def _finish(claim: Claim, to: Status, **changes: object) -> None:
    with transaction.atomic():
        held = Claim.objects.filter(pk=claim.pk).delete()[0]
        if not held or not Job.objects.filter(pk=claim.job_id).move(to, **changes):
            raise LeaseLost
        note(claim.job_id, Event.Kind(to.value), _summary(claim.job))


def _summary(job: Job) -> str:
    pages, failed = job.total_pages, job.pages_failed
    return f"{pages - failed} of {pages} pages converted"
