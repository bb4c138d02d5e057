"""Making rows again from the folders of `media/`, after the database was lost."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime

from jobs import archive, storage
from jobs.engines.pictures import linked
from jobs.models import Event, Job, Page, Picture
from jobs.models.event import note

logger = logging.getLogger(__name__)

# So many pages are in memory at a time.
_PAGES_AT_ONCE = 100
_PICTURES_AT_ONCE = 500


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
        (outcome.restored if _restore(found) else outcome.unclear).append(job_id)
    return outcome


def _restore(found: dict[str, Any]) -> bool:
    """Whether the rows could be made."""
    try:
        with transaction.atomic():
            _make_rows(found)
        return True
    except (OSError, EOFError, ValueError, KeyError, TypeError, IntegrityError):
        logger.exception("The folder of %s can't be read.", found["job_id"])
        return False


def _make_rows(found: dict[str, Any]) -> None:
    folder = storage.folder(found["job_id"])
    job = Job(
        owner=_owner(found["owner"]),
        input=f"{folder}/{storage.INPUT}",
        result=found["result_file"] or "",
        error=found["error"] or "",
        pages_done=found["processed_pages"],
        stored_bytes=storage.bytes_of(found["job_id"]),
        used_at=_moment(found["last_accessed_at"]) or _moment(found["completed_at"]),
        archived=True,
        callback_url=found.get("callback_url", ""),
        reused=found.get("reused", False),
        **{name: found[name] for name in _PLAIN},
        **{name: _moment(found[name]) for name in _MOMENTS},
    )
    job.save()
    rows = _pages(job)
    pictures: set[str] = set()
    while pages := list(islice(rows, _PAGES_AT_ONCE)):
        Page.objects.bulk_create(pages)
        job.page_bytes += sum(page.text_bytes for page in pages)
        pictures.update(*(linked(page.markdown) for page in pages))
    Picture.objects.bulk_create(_pictures(job, pictures & storage.pictures(job.job_id)), _PICTURES_AT_ONCE)
    job.save(update_fields=["page_bytes"])
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
    "input_sha256",
    "prompt_tokens",
    "completion_tokens",
    "result_bytes",
    "keep",
    "client_ref",
)
_PAGE_PLAIN = ("number", "label", "source", "error_code", "warnings", "seconds", "attempts")
_MOMENTS = ("created_at", "started_at", "completed_at", "last_accessed_at")


def _moment(text: str | None) -> Any:
    return parse_datetime(text) if text else None


def _owner(name: str | None) -> Any:
    """The account of that name; one that is gone is made again, without a password: nobody else shall get the job."""
    if name is None:
        return None
    users = get_user_model()
    return users.objects.filter(username=name).first() or users.objects.create_user(name)


def _pages(job: Job) -> Iterator[Page]:
    for row in archive.read_pages(job.job_id):
        through = row["status"] in (Page.Status.DONE, Page.Status.FAILED)
        yield Page(
            job=job,
            status=row["status"] if through else Page.Status.PENDING,
            error=row["error"] or "",
            converted_at=_moment(row["converted_at"]),
            **{name: row[name] for name in (*_PAGE_PLAIN, *archive.TEXTS)},
        )


def _pictures(job: Job, names: Iterable[str]) -> Iterator[Picture]:
    for name in sorted(names):
        content = storage.read(storage.picture_path(job.job_id, name))
        yield Picture(job=job, name=name, digest=hashlib.sha256(content).hexdigest(), bytes=len(content))
