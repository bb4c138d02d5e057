"""A disk without room in mid-job: nothing is lost, and the job goes on when there is room."""

import errno
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from pytest_django import Settings

from jobs.models import Job
from jobs.progress import status_document
from tests.conftest import MakeJob, Work


class FullStorage(FileSystemStorage):
    """Has no room for results while `full`."""

    full = True

    def _save(self, name: str, content: Any) -> str:
        if self.full and name.endswith(".md"):
            raise OSError(errno.ENOSPC, "No space left on device")
        saved: str = super()._save(name, content)  # type: ignore[misc]
        return saved


@pytest.fixture
def full_storage(settings: Settings) -> type[FullStorage]:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "tests.unit.test_full_disk.FullStorage"},
    }
    return FullStorage


def test_it_waits_below_the_reserve(make_job: MakeJob, work: Work, settings: Settings) -> None:
    job = make_job()
    settings.MIN_FREE_DISK_MB = 10**9
    work()
    waiting = Job.objects.get(pk=job.pk)
    assert (waiting.status, waiting.pages_done) == ("pending", 0)
    assert "disk is full" in (status_document(waiting)["waiting"] or "")
    settings.MIN_FREE_DISK_MB = 10
    assert status_document(waiting)["waiting"] is None
    work()
    assert Job.objects.get(pk=job.pk).status == "completed"


def test_it_assembles_when_there_is_room_again(
    make_job: MakeJob, work: Work, full_storage: type[FullStorage], monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobs.pipeline.advance import advance

    job = make_job()
    for _ in range(8):
        advance()
    stuck = Job.objects.get(pk=job.pk)
    assert (stuck.status, stuck.pages_done, stuck.pages_failed) == ("processing", 3, 0)
    monkeypatch.setattr(full_storage, "full", False)
    work()
    assert Job.objects.get(pk=job.pk).status == "completed"
