"""Putting the pages together: a stream to a new file, which the job then points at."""

import re
import time
from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.db import transaction

from jobs import storage
from jobs.models import Claim, Job, Page
from jobs.models.job import Status
from jobs.pipeline import claims
from jobs.pipeline.outcome import LeaseLost

# So many pages are in memory at a time.
_PAGES_AT_ONCE = 20
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!&])")


def assemble(claim: Claim) -> None:
    """Make the result of the claim's job and complete it; a job without a single good page fails. Raises LeaseLost."""
    job: Job = claim.job
    if job.pages_failed == job.total_pages:
        first = job.pages.order_by("number").values_list("error", flat=True).first()
        _finish(claim, Status.FAILED, error=f"None of its pages could be converted. The first one: {first}")
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


def page_markdown(page: Page) -> str:
    """The page as it stands in the result: its Markdown, or a visible mark where it could not be converted."""
    if page.status == Page.Status.FAILED:
        reason = _MARKUP.sub(r"\\\1", " ".join(page.error.split()))
        return f"> **Page {page.number} could not be converted.** {reason}"
    return page.markdown


def _write(claim: Claim, draft: IO[bytes]) -> int:
    """Write all pages to `draft`; the number of bytes written."""
    next_beat = time.monotonic() + settings.HEARTBEAT_SECONDS
    for part in _parts(claim.job):
        draft.write(part.encode())
        if time.monotonic() >= next_beat:
            claims.renew(claim)
            next_beat = time.monotonic() + settings.HEARTBEAT_SECONDS
    return draft.tell()


def _parts(job: Job) -> Iterator[str]:
    breaks = job.options.get("page_breaks")
    for page in job.pages.order_by("number").iterator(chunk_size=_PAGES_AT_ONCE):
        text = page_markdown(page)
        if breaks:
            yield f"<!-- page {page.number} -->\n\n"
        if text:
            yield f"{text}\n\n"


def _warnings(job: Job) -> list[str]:
    said = job.pages.exclude(warnings=[]).order_by("number").values_list("warnings", flat=True)
    return [warning for warnings in said.iterator() for warning in warnings]


def _finish(claim: Claim, to: Status, **changes: object) -> None:
    with transaction.atomic():
        held = Claim.objects.filter(pk=claim.pk).delete()[0]
        if not held or not Job.objects.filter(pk=claim.job_id).move(to, **changes):
            raise LeaseLost
