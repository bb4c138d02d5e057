"""No room: said before an upload is taken in."""

import pytest
from pytest_django import Settings

from jobs.errors import StorageFull
from jobs.services.admission import check_disk, check_limits
from tests.conftest import MakeJob


@pytest.mark.parametrize("changes", [{"status": "pending"}, {"status": "completed", "keep": True}])
def test_it_counts_jobs_that_can_not_be_purged(
    make_job: MakeJob, settings: Settings, changes: dict[str, object]
) -> None:
    settings.MAX_JOBS = 2
    make_job(status="completed")
    make_job(**changes)
    check_limits(1)
    make_job(**changes)
    with pytest.raises(StorageFull, match="PDFJOBS_MAX_JOBS"):
        check_limits(1)


def test_it_counts_their_bytes(make_job: MakeJob, settings: Settings) -> None:
    make_job(status="completed")
    job = make_job()
    room = job.stored_bytes + job.page_bytes
    settings.MAX_STORAGE_GB = (room + 100) / 1024**3
    check_limits(99)
    with pytest.raises(StorageFull, match="PDFJOBS_MAX_STORAGE_GB"):
        check_limits(101)


def test_it_leaves_a_reserve_on_the_disk(settings: Settings) -> None:
    settings.MIN_FREE_DISK_MB = 10
    check_disk(1)
    settings.MIN_FREE_DISK_MB = 10**9
    with pytest.raises(StorageFull, match="PDFJOBS_MIN_FREE_DISK_MB"):
        check_disk(1)
