"""The limits in the units of the code."""

from pytest_django import Settings

from jobs.limits import Limits, cores, limits


def test_it_follows_the_settings(settings: Settings) -> None:
    settings.MAX_UPLOAD_MB = 3
    settings.MAX_PAGES = 7
    settings.PAGE_TIMEOUT_S = 11
    settings.PAGE_MEMORY_MB = 700
    settings.WORKERS = 5
    assert limits() == Limits(upload_bytes=3 * 1024 * 1024, pages=7, page_seconds=11, page_memory_mb=700, workers=5)


def test_it_takes_one_worker_per_core_when_none_is_said(settings: Settings) -> None:
    settings.WORKERS = 0
    assert limits().workers == cores() >= 1
