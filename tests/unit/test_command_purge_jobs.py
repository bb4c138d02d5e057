"""`manage.py purge_jobs`."""

import json
import os
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from jobs.models import Job
from tests.conftest import MakeJob, StoredFiles


def purge(*arguments: str) -> str:
    out = StringIO()
    call_command("purge_jobs", *arguments, stdout=out)
    return out.getvalue()


def purge_json(*arguments: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(purge(*arguments, "--json"))
    return document


def ago(**span: float) -> dict[str, Any]:
    return {"status": "completed", "used_at": timezone.now() - timedelta(**span)}


def sized(job: Job, size: int) -> Job:
    """The job, said to have files of `size` bytes and no page texts."""
    Job.objects.filter(pk=job.pk).update(stored_bytes=size, page_bytes=0)
    return job


def left() -> set[str]:
    return set(Job.objects.stored().values_list("filename", flat=True))


@pytest.fixture
def orphan(settings: Settings) -> Path:
    """A folder of no job, two hours old."""
    folder = Path(settings.MEDIA_ROOT) / "jobs" / "nobody_s"
    folder.mkdir(parents=True)
    (folder / "input.pdf").write_bytes(b"%PDF-")
    os.utime(folder / "input.pdf", (time.time() - 7200,) * 2)
    return folder


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("30m", {"now"}),
        ("12h", {"now", "hour"}),
        ("1d", {"now", "hour"}),
        ("7d", {"now", "hour", "days"}),
        ("2w", {"now", "hour", "days", "week"}),
        ("3w", {"now", "hour", "days", "week", "weeks"}),
    ],
)
def test_it_removes_what_was_not_used_for_long(make_job: MakeJob, text: str, leaves: set[str]) -> None:
    for name, span in {"now": {}, "hour": {"hours": 1}, "days": {"days": 3}}.items():
        make_job(filename=name, **ago(**span))
    make_job(filename="week", **ago(days=8))
    make_job(filename="weeks", **ago(days=20))
    purge("--older-than", text)
    assert left() == leaves


def test_it_says_what_went_and_why(make_job: MakeJob) -> None:
    job = sized(make_job(**ago(days=3)), 2 * 1024 * 1024)
    said = purge("--older-than", "2d").splitlines()
    assert said == [f"{job.job_id}  not used for 2 days  2.0 MB", "1 jobs removed, 2.0 MB freed."]
    job.refresh_from_db()
    assert (job.is_purged, job.purge_reason) == (True, "not used for 2 days")


@pytest.mark.without("s3")
def test_it_removes_nothing_in_a_dry_run(make_job: MakeJob, orphan: Path, stored_files: StoredFiles) -> None:
    job = sized(make_job(**ago(days=3)), 100)
    before = stored_files()
    said = purge("--older-than", "2d", "--orphans", "--dry-run")
    assert job.job_id in said
    assert orphan.name in said
    assert said.endswith("1 jobs and 1 folders of no job would be removed, 105 bytes would be freed.\n")
    assert stored_files() == before
    assert left() == {"report.pdf"}


@pytest.mark.parametrize(
    ("arguments", "leaves"),
    [
        (["--status", "failed"], {"completed", "cancelled", "pending"}),
        (["--status", "failed,Cancelled"], {"completed", "pending"}),
        (["--status", "failed", "--status", "completed"], {"cancelled", "pending"}),
        (["--status", "failed", "--older-than", "1h"], {"completed", "cancelled", "pending", "failed"}),
        (["--status", "failed", "--max-jobs", "1"], {"completed", "cancelled", "pending", "failed"}),
    ],
)
def test_it_removes_jobs_of_a_status(make_job: MakeJob, arguments: list[str], leaves: set[str]) -> None:
    for status in ("completed", "failed", "cancelled", "pending"):
        make_job(filename=status, status=status)
    purge(*arguments)
    assert left() == leaves


def test_it_keeps_what_is_kept(make_job: MakeJob) -> None:
    make_job(status="failed", keep=True)
    purge("--status", "failed")
    assert left() == {"report.pdf"}


def test_it_keeps_so_many(make_job: MakeJob) -> None:
    for hours in range(4):
        make_job(filename=f"{hours} hours", **ago(hours=hours))
    purge("--max-jobs", "2")
    assert left() == {"0 hours", "1 hours"}


def test_it_keeps_so_much(make_job: MakeJob) -> None:
    for hours in range(4):
        sized(make_job(filename=f"{hours} hours", **ago(hours=hours)), 1024**3)
    purge("--max-storage-gb", "2.5")
    assert left() == {"0 hours", "1 hours"}


def test_it_follows_the_settings_without_rules(make_job: MakeJob, settings: Settings) -> None:
    settings.MAX_JOBS = 1
    for hours in range(3):
        make_job(filename=f"{hours} hours", **ago(hours=hours))
    purge()
    assert left() == {"0 hours"}


def test_it_follows_only_the_rules_that_are_given(make_job: MakeJob, settings: Settings) -> None:
    settings.MAX_JOBS = 1
    for hours in range(3):
        make_job(filename=f"{hours} hours", **ago(hours=hours))
    purge("--older-than", "90m")
    assert left() == {"0 hours", "1 hours"}


@pytest.mark.without("s3")
def test_it_removes_folders_of_no_job_alone(make_job: MakeJob, orphan: Path, settings: Settings) -> None:
    settings.MAX_JOBS = 1
    make_job(**ago(days=2))
    make_job(**ago(days=1))
    assert purge("--orphans").splitlines() == [
        "jobs/nobody_s  belongs to no job  5 bytes",
        "0 jobs and 1 folders of no job removed, 5 bytes freed.",
    ]
    assert not orphan.exists()
    assert Job.objects.stored().count() == 2


def test_it_leaves_folders_alone_unless_asked(orphan: Path, db: None) -> None:
    purge()
    assert orphan.exists()


def test_it_finishes_what_was_broken_off(make_job: MakeJob, stored_files: StoredFiles) -> None:
    make_job(status="completed", removal="purging", purge_reason="no room")
    assert "1 removals that were broken off are finished." in purge()
    assert stored_files() == []


@pytest.mark.without("s3")
def test_it_prints_one_json_object(make_job: MakeJob, orphan: Path) -> None:
    job = sized(make_job(**ago(days=3)), 100)
    document = purge_json("--max-jobs", "0", "--orphans")
    assert document == {
        "dry_run": False,
        "jobs": [
            {
                "job_id": job.job_id,
                "status": "completed",
                "reason": "more than 0 finished jobs, and others were used later",
                "bytes": 100,
            }
        ],
        "orphans": [{"folder": "jobs/nobody_s", "bytes": 5}],
        "finished": 0,
        "freed_bytes": 105,
    }
    assert not orphan.exists()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--older-than", "7"], "write it like 30m, 12h, 7d or 2w"),
        (["--older-than", "0d"], "write it like"),
        (["--older-than=-1d"], "write it like"),
        (["--older-than", "999999w"], "write it like"),
        (["--status", "pending"], "finished jobs are completed, failed, cancelled"),
        (["--status", "failed,"], "finished jobs are"),
        (["--max-jobs=-1"], "write 0, 100 or the like"),
        (["--max-jobs", "many"], "write 0, 100 or the like"),
        (["--max-storage-gb", "nan"], "write the GB like"),
        (["--max-storage-gb=-1"], "write the GB like"),
        (["--max-storage-gb", "5GB"], "write the GB like"),
    ],
)
def test_it_says_how_to_write_a_value(arguments: list[str], hint: str) -> None:
    with pytest.raises(CommandError, match=hint):
        purge(*arguments)
