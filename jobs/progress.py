"""How far jobs are: the short document of a poll and of the event stream, for one job or for many at once."""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from jobs.crew import crew
from jobs.engines import VISION
from jobs.models import Job
from jobs.room import has_no_room
from jobs.waiting_line import place, places

_AT_ONCE = 1000

_FULL = "The server's disk is full. The job goes on as soon as there is room."


@dataclass(frozen=True)
class Snapshot:
    """A job as it was at one moment.

    `text` is its status document as JSON, `etag` names what it says, without quotes. read_at (seconds of the monotonic
    clock) is from before the database was asked: of two snapshots the one with the later read_at is the newer.
    """

    text: str
    etag: str
    is_terminal: bool
    read_at: float


def status_document(job: Job) -> dict[str, Any]:
    """What a poll gets: counts, and how long it may still take."""
    return _document(job, place(job) if _is_waiting(job) else None, has_no_room())


def status_documents(jobs: Iterable[Job]) -> list[tuple[Job, dict[str, Any]]]:
    """Those of `jobs` that are not finished, each with what a poll of it would get: with one query if some of them
    wait to be begun, else with none."""
    active = [job for job in jobs if not job.is_finished]
    find = places() if any(map(_is_waiting, active)) else None
    full = has_no_room() if active else False
    return [(job, _document(job, _place(find, job), full)) for job in active]


def snapshot(job: Job, read_at: float) -> Snapshot:
    """`job` as it was fetched after `read_at`."""
    return _snapshot(job, status_document(job), read_at)


def snapshots(keys: Collection[int]) -> tuple[dict[int, Snapshot], int]:
    """The jobs with those keys as they are now, and how many queries that took; deleted ones are missing.

    One query for a thousand jobs, and one more if some of them wait to be begun.
    """
    read_at = time.monotonic()
    parts = list(_parts(sorted(keys)))
    jobs = [job for some in parts for job in Job.objects.there().progress_only().filter(pk__in=some).order_by()]
    some_wait = any(map(_is_waiting, jobs))
    find = places() if some_wait else None
    full = has_no_room()
    found = {job.pk: _snapshot(job, _document(job, _place(find, job), full), read_at) for job in jobs}
    return found, len(parts) + some_wait


def _document(job: Job, position: int | None, disk_is_full: bool) -> dict[str, Any]:
    return {
        "job_id": job.job_id,
        "status": job.status,
        "progress": job.progress_percent,
        "pages_done": job.pages_done,
        "total_pages": job.total_pages,
        "pages_failed": job.pages_failed,
        "error": job.error or None,
        # Why nothing goes on with an active job, though workers may be free; None when it does.
        "waiting": _FULL if disk_is_full and not job.is_finished else None,
        # How many jobs that nobody has begun are begun before this one; None once it is begun.
        "queue_position": position,
        "eta_seconds": _eta_seconds(job),
        "expires_at": _moment(job.expires_at),
        "last_progress_at": _moment(job.last_progress_at),
        "is_terminal": job.is_finished,
    }


def _snapshot(job: Job, document: dict[str, Any], read_at: float) -> Snapshot:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    etag = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    return Snapshot(text, etag, job.is_finished, read_at)


def _is_waiting(job: Job) -> bool:
    return job.status == Job.Status.PENDING


def _place(find: Callable[[Job], int] | None, job: Job) -> int | None:
    return find(job) if find and _is_waiting(job) else None


def _eta_seconds(job: Job) -> int | None:
    """Seconds until done at the speed measured so far, if the machines do nothing else."""
    if job.is_finished or job.seconds_per_page is None:
        return None
    at_once = settings.VISION_CONCURRENCY if job.engine == VISION else crew()
    return round((job.total_pages - job.pages_done) * job.seconds_per_page / at_once)


def _moment(value: datetime | None) -> str | None:
    """As the API writes times: ISO 8601, with Z for UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def _parts(keys: list[int]) -> Iterable[list[int]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
