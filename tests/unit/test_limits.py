"""The limits in the units of the code."""

from datetime import timedelta

from pytest_django import Settings

from jobs.limits import Limits, cores, limits


def test_it_follows_the_settings(settings: Settings) -> None:
    settings.MAX_UPLOAD_MB = 3
    settings.MAX_PAGES = 7
    settings.PAGE_TIMEOUT_S = 11
    settings.PAGE_MEMORY_MB = 700
    settings.WORKERS = 5
    settings.MAX_JOBS = 13
    settings.MAX_STORAGE_GB = 0.5
    settings.RETENTION_DAYS = 1.5
    settings.MIN_FREE_DISK_MB = 17
    settings.USER_REQUESTS_PER_MINUTE = 19
    settings.USER_UPLOADS_PER_HOUR = 23
    settings.USER_ACTIVE_PAGES = 29
    settings.USER_STORAGE_GB = 0.25
    assert limits() == Limits(
        upload_bytes=3 * 1024 * 1024,
        pages=7,
        page_seconds=11,
        page_memory_mb=700,
        workers=5,
        stored_jobs=13,
        stored_bytes=512 * 1024 * 1024,
        unused_for=timedelta(days=1.5),
        free_disk_bytes=17 * 1024 * 1024,
        user_requests_per_minute=19,
        user_uploads_per_hour=23,
        user_active_pages=29,
        user_stored_bytes=256 * 1024 * 1024,
    )


def test_it_has_no_age_limit_unless_one_is_set(settings: Settings) -> None:
    settings.RETENTION_DAYS = 0
    assert limits().unused_for is None


def test_it_takes_one_worker_per_core_when_none_is_said(settings: Settings) -> None:
    settings.WORKERS = 0
    assert limits().workers == cores() >= 1
