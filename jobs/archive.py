"""What makes a job's folder explain itself: its rows can be made again from it.

`pages.jsonl.gz` has a line of JSON for each page, its texts among it; `metadata.json`, written last, is the job.
"""

import gzip
import json
from collections.abc import Iterator
from typing import IO, Any

from jobs import storage
from jobs.documents import job_document, page_document
from jobs.models import Job, Page
from jobs.models.job import FINISHED

VERSION = 2
TEXTS = ("markdown", "seams", "blocks", "frame")
# So many pages are in memory at a time.
_PAGES_AT_ONCE = 20


def write_metadata(job: Job) -> None:
    """Write the archive of a finished job, and note how much its folder holds.

    Does nothing for a job that is not finished, or is just being removed; safe to repeat.
    """
    there = Job.objects.stored().filter(pk=job.pk, status__in=FINISHED)
    fresh = there.first()
    if fresh is None:
        return
    with storage.draft() as draft:
        _write_pages(fresh, draft)
        storage.put(f"{storage.folder(job.job_id)}/{storage.PAGES}", draft)
    name = f"{storage.folder(job.job_id)}/{storage.METADATA}"
    storage.write(name, json.dumps(_metadata(fresh), indent=1).encode())
    noted = there.update(archived=True, stored_bytes=storage.bytes_of(job.job_id))
    # Not noted: it was removed while we wrote, or taken up again by a retry.
    if not noted and not Job.objects.stored().filter(pk=job.pk).exists():
        storage.discard_folder(job.job_id)


def read_metadata(job_id: str) -> dict[str, Any] | None:
    """The `metadata.json` in a job's folder; None when there is none that can be read and understood."""
    found = _read(job_id)
    return found if found.get("version") == VERSION else None


def is_archived(job_id: str) -> bool:
    """Whether a job's folder explains itself, be it to an older or newer version of this program."""
    return "version" in _read(job_id)


def _read(job_id: str) -> dict[str, Any]:
    try:
        found = json.loads(storage.read(f"{storage.folder(job_id)}/{storage.METADATA}"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def read_pages(job_id: str) -> Iterator[dict[str, Any]]:
    """The pages in a job's folder, as `page_document` gives them and with TEXTS. Raises OSError, EOFError and
    ValueError when they can't be read."""
    with storage.opened(f"{storage.folder(job_id)}/{storage.PAGES}") as stored, gzip.open(stored, "rt") as lines:
        yield from map(json.loads, lines)


def _write_pages(job: Job, draft: IO[bytes]) -> None:
    # The same pages give the same bytes: mtime is left out.
    with gzip.GzipFile(fileobj=draft, mode="wb", mtime=0) as zipped:
        for page in job.pages.order_by("number").iterator(chunk_size=_PAGES_AT_ONCE):
            zipped.write(json.dumps(_page(page), separators=(",", ":")).encode() + b"\n")


def _metadata(job: Job) -> dict[str, Any]:
    owner = job.owner.get_username() if job.owner else None
    return {"version": VERSION, **job_document(job), "owner": owner}


def _page(page: Page) -> dict[str, Any]:
    return {**page_document(page), **{name: getattr(page, name) for name in TEXTS}}
