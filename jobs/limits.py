"""The limits in the units that the code works in."""

import os
from dataclasses import dataclass

from django.conf import settings

MIB = 1024 * 1024
NAME_CHARACTERS = 255
PROMPT_CHARACTERS = 10_000
REFERENCE_CHARACTERS = 200


@dataclass(frozen=True)
class Limits:
    """upload_bytes and pages are for one job, page_seconds and page_memory_mb for one page, workers for a machine."""

    upload_bytes: int
    pages: int
    page_seconds: int
    page_memory_mb: int
    workers: int


def limits() -> Limits:
    return Limits(
        upload_bytes=settings.MAX_UPLOAD_MB * MIB,
        pages=settings.MAX_PAGES,
        page_seconds=settings.PAGE_TIMEOUT_S,
        page_memory_mb=settings.PAGE_MEMORY_MB,
        workers=settings.WORKERS or cores(),
    )


def cores() -> int:
    """Cores that this process may use (a container may have fewer than the machine)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
