"""Making rows again from the folders of `media/`, after the database was lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.dateparse import parse_datetime

from jobs import archive, storage
from jobs.models import Event, Job, Page
from jobs.models.event import note


@dataclass
class Restored:
    """Job ids: restored ones, those that had a row already, and folders that don't explain themselves."""

    restored: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def restore() -> Restored:
    """Make the rows of all finished jobs that have a folder and no row. Safe to repeat."""
    outcome = Restored()
    for job_id in storage.folders():
        if Job.objects.filter(job_id=job_id).exists():
            outcome.present.append(job_id)
            continue
        found = archive.read_metadata(job_id)
        if found is None or found.get("job_id") != job_id:
            outcome.unclear.append(job_id)
            continue
        _restore(found)
        outcome.restored.append(job_id)
    return outcome


@transaction.atomic
def _restore(found: dict[str, Any]) -> None:
    folder = storage.folder(found["job_id"])
    pages = found["pages"]
    job = Job(
        owner=_owner(found["owner"]),
        input=f"{folder}/{storage.INPUT}",
        result=found["result_file"] or "",
        error=found["error"] or "",
        # Without a result there is no page text to bring back; a retry makes it.
        pages_done=found["processed_pages"] if found["result_file"] else found["pages_failed"],
        stored_bytes=storage.bytes_of(found["job_id"]),
        page_bytes=sum(page["result_length"] for page in pages) if found["result_file"] else 0,
        used_at=_moment(found["last_accessed_at"]) or _moment(found["completed_at"]),
        archived=True,
        **{name: found[name] for name in _PLAIN},
        **{name: _moment(found[name]) for name in _MOMENTS},
    )
    job.save()
    Page.objects.bulk_create(_pages(job, pages), batch_size=500)
    note(job.pk, Event.Kind.RESTORED, "from its folder")


_PLAIN = (
    "job_id",
    "filename",
    "status",
    "total_pages",
    "prompt",
    "pages_failed",
    "engine",
    "engine_version",
    "options",
    "warnings",
    "input_bytes",
    "result_bytes",
    "keep",
    "client_ref",
)
_MOMENTS = ("created_at", "started_at", "completed_at", "last_accessed_at")


def _moment(text: str | None) -> Any:
    return parse_datetime(text) if text else None


def _owner(name: str | None) -> Any:
    """The account of that name; one that is gone is made again, without a password: nobody else shall get the job."""
    if name is None:
        return None
    users = get_user_model()
    return users.objects.filter(username=name).first() or users.objects.create_user(name)


def _pages(job: Job, rows: list[dict[str, Any]]) -> Iterator[Page]:
    result = storage.read(job.result.name) if job.result.name else b""
    for row in rows:
        start, length = row["result_offset"], row["result_length"]
        done = row["status"] == Page.Status.DONE and job.result.name
        failed = row["status"] == Page.Status.FAILED
        yield Page(
            job=job,
            number=row["number"],
            status=row["status"] if done or failed else Page.Status.PENDING,
            markdown=result[start : start + length].decode("utf-8", "replace") if done else "",
            error=row["error"] or "",
            error_code=row["error_code"],
            warnings=row["warnings"],
            seconds=row["seconds"],
            attempts=row["attempts"],
            converted_at=_moment(row["converted_at"]),
        )
