"""`metadata.json`: with it a job's folder explains itself, and its row can be made again from it."""

import json
from collections.abc import Iterator
from typing import Any

from jobs import storage
from jobs.documents import job_document, page_document
from jobs.models import Job
from jobs.models.job import FINISHED
from jobs.result import parts

VERSION = 1


def write_metadata(job: Job) -> None:
    """Write the `metadata.json` of a finished job, and note how much its folder holds.

    It is the job document with its owner's name and its pages, each with its place in the result (bytes). Does nothing
    for a job that is not finished, or is just being removed; safe to repeat.
    """
    name = f"{storage.folder(job.job_id)}/{storage.METADATA}"
    there = Job.objects.stored().filter(pk=job.pk, status__in=FINISHED)
    fresh = there.first()
    if fresh is None:
        return
    storage.write(name, json.dumps(_metadata(fresh), indent=1).encode())
    noted = there.update(archived=True, stored_bytes=storage.bytes_of(job.job_id))
    # Not noted: it was removed while we wrote, or taken up again by a retry.
    if not noted and not Job.objects.stored().filter(pk=job.pk).exists():
        storage.discard_folder(job.job_id)


def read_metadata(job_id: str) -> dict[str, Any] | None:
    """The `metadata.json` in a job's folder; None when there is none that can be read."""
    try:
        found = json.loads(storage.read(f"{storage.folder(job_id)}/{storage.METADATA}"))
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("version") == VERSION else None


def _metadata(job: Job) -> dict[str, Any]:
    return {
        "version": VERSION,
        **job_document(job),
        "owner": job.owner.get_username() if job.owner else None,
        "pages": list(_pages(job)),
    }


def _pages(job: Job) -> Iterator[dict[str, Any]]:
    offset = 0
    for page, before, text in parts(job):
        offset += len(before)
        yield {**page_document(page), "result_offset": offset, "result_length": len(page.markdown.encode())}
        offset += len(text)
