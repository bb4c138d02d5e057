"""The limits in the units that the code works in."""

import os
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

MIB = 1024 * 1024
GIB = 1024 * MIB
NAME_CHARACTERS = 255
PROMPT_CHARACTERS = 10_000
REFERENCE_CHARACTERS = 200
URL_CHARACTERS = 2000


@dataclass(frozen=True)
class Limits:
    """upload_bytes and pages are for one job, page_seconds and page_memory_mb for one page, workers for a machine.

    stored_jobs and stored_bytes are for all that is kept, unused_for is None when a job's age is no reason to purge it,
    free_disk_bytes stay free on the disk of the files. What begins with user_ is for one user, and 0 is no limit.
    """

    upload_bytes: int
    pages: int
    page_seconds: int
    page_memory_mb: int
    workers: int
    stored_jobs: int
    stored_bytes: int
    unused_for: timedelta | None
    free_disk_bytes: int
    user_requests_per_minute: int
    user_uploads_per_hour: int
    user_active_pages: int
    user_stored_bytes: int


def limits() -> Limits:
    return Limits(
        upload_bytes=settings.MAX_UPLOAD_MB * MIB,
        pages=settings.MAX_PAGES,
        page_seconds=settings.PAGE_TIMEOUT_S,
        page_memory_mb=settings.PAGE_MEMORY_MB,
        workers=settings.WORKERS or cores(),
        stored_jobs=settings.MAX_JOBS,
        stored_bytes=int(settings.MAX_STORAGE_GB * GIB),
        unused_for=timedelta(days=settings.RETENTION_DAYS) if settings.RETENTION_DAYS else None,
        free_disk_bytes=settings.MIN_FREE_DISK_MB * MIB,
        user_requests_per_minute=settings.USER_REQUESTS_PER_MINUTE,
        user_uploads_per_hour=settings.USER_UPLOADS_PER_HOUR,
        user_active_pages=settings.USER_ACTIVE_PAGES,
        user_stored_bytes=int(settings.USER_STORAGE_GB * GIB),
    )


def cores() -> int:
    """Cores that this process may use (a container may have fewer than the machine)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
