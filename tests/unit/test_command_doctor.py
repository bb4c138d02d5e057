"""`manage.py doctor`."""

import json
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import Settings

from jobs import storage
from jobs.models import Claim, Event, Job, Node
from jobs.pipeline import claims
from tests.conftest import MakeJob, StoredFiles

pytestmark = pytest.mark.django_db

ALL = ["settings", "database", "migrations", "broker", "workers", "clock", "work", "leftovers", "storage", "disk"]


def doctor(*arguments: str) -> tuple[int, str]:
    """Exit code and output."""
    out = StringIO()
    try:
        call_command("doctor", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def wrong() -> dict[str, str]:
    """What is said to be wrong, by name."""
    code, said = doctor("--json")
    document: dict[str, Any] = json.loads(said)
    found = {each["name"]: each["says"] for each in document["findings"] if not each["ok"]}
    assert (code, document["ok"]) == ((1, False) if found else (0, True))
    return found


@pytest.fixture(autouse=True)
def server(settings: Settings) -> None:
    """A server of which all is well."""
    settings.WORKERS = 1
    Node.objects.say("this machine", 1)


@pytest.fixture
def another_database() -> Iterator[dict[str, Any]]:
    """The settings of the database, for a test that changes what is at the end of them."""
    before = dict(connection.settings_dict)
    yield connection.settings_dict
    connection.settings_dict.update(before)


def test_it_says_that_all_is_well() -> None:
    code, said = doctor()
    assert code == 0, said
    assert [line.split()[:2] for line in said.splitlines()] == [["ok", name] for name in ALL]


def test_it_begins_the_line_of_what_is_wrong_with_two_marks() -> None:
    Node.objects.all().delete()
    code, said = doctor()
    assert code == 1
    assert "!!  workers     No workers have been heard of" in said
    assert said.count("!!") == 1


def test_it_leaves_nothing_behind(make_job: MakeJob, stored_files: StoredFiles) -> None:
    make_job()
    before = stored_files()
    doctor()
    assert stored_files() == before != []


def test_it_names_settings_that_contradict_each_other(settings: Settings) -> None:
    settings.MAX_UPLOAD_MB, settings.MAX_STORAGE_GB = 2000, 1
    assert "Raise PDFJOBS_MAX_STORAGE_GB or lower PDFJOBS_MAX_UPLOAD_MB" in wrong()["settings"]


@pytest.mark.without("postgres")
def test_it_does_not_make_a_database_that_is_not_there(another_database: dict[str, Any], tmp_path: Path) -> None:
    another_database["NAME"] = tmp_path / "db.sqlite3"
    code, said = doctor()
    assert code == 1
    assert "manage.py restore_jobs" in said
    assert not (tmp_path / "db.sqlite3").exists()
    assert [line.split()[1] for line in said.splitlines()] == ["settings", "database", "storage", "disk"]


def test_it_tells_migrations_that_are_missing() -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="jobs").order_by("-name").values("pk")[:1]
    MigrationRecorder.Migration.objects.filter(pk__in=newest).delete()
    assert "manage.py migrate" in wrong()["migrations"]


def test_it_tells_a_database_that_is_newer() -> None:
    MigrationRecorder(connection).record_applied("jobs", "9999_of_tomorrow")
    assert "9999_of_tomorrow" in wrong()["migrations"]


def test_it_misses_workers_that_were_not_heard_of() -> None:
    Node.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    assert "manage.py serve" in wrong()["workers"]


@pytest.mark.parametrize("kind", ["job", "event", "claim", "node"])
def test_it_sees_rows_from_the_future(make_job: MakeJob, kind: str) -> None:
    make_job()
    claims.claim_next()
    Event.objects.create(job=Job.objects.get(), kind=Event.Kind.RETRIED)
    assert wrong() == {}
    tomorrow = timezone.now() + timedelta(days=1)
    {
        "job": lambda: Job.objects.update(created_at=tomorrow),
        "event": lambda: Event.objects.update(at=tomorrow),
        "claim": lambda: Claim.objects.update(claimed_at=tomorrow),
        "node": lambda: Node.objects.update(seen_at=tomorrow),
    }[kind]()
    assert "seconds in the future" in wrong()["clock"]


def test_it_sees_claims_that_have_run_out(make_job: MakeJob) -> None:
    make_job()
    claims.claim_next()
    Claim.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert "manage.py recover_jobs" in wrong()["work"]


def test_it_sees_work_that_nobody_takes(make_job: MakeJob) -> None:
    make_job()
    assert wrong() == {}  # it has just come
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert wrong()["work"].startswith("1 jobs wait and no worker takes them.")
    claims.claim_next()
    assert wrong() == {}


def test_it_tells_waiting_from_stuck(make_job: MakeJob) -> None:
    """Between two ranges there is no claim, and much may wait; what counts is that something was taken just now."""
    make_job(created_at=timezone.now() - timedelta(hours=1))
    make_job(status="processing", created_at=timezone.now() - timedelta(hours=1), last_served_at=timezone.now())
    assert wrong() == {}


def test_it_says_that_work_waits_for_room(make_job: MakeJob, settings: Settings) -> None:
    make_job()
    settings.MIN_FREE_DISK_MB = 900_000
    found = wrong()
    assert "the disk is full" in found["work"]
    assert "PDFJOBS_MIN_FREE_DISK_MB" in found["disk"]


@pytest.mark.parametrize("removal", ["purging", "deleting"])
def test_it_sees_removals_that_are_midway(make_job: MakeJob, removal: str) -> None:
    make_job(status="completed", removal=removal)
    assert "manage.py recover_jobs" in wrong()["leftovers"]


def test_it_sees_jobs_without_files(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    storage.discard_folder(job.job_id)
    assert job.job_id in wrong()["leftovers"]


def test_it_does_not_miss_the_files_of_what_was_purged(make_job: MakeJob) -> None:
    job = make_job(status="completed", purged_at=timezone.now())
    storage.discard_folder(job.job_id)
    assert wrong() == {}


@pytest.mark.without("s3")
def test_it_sees_folders_of_no_job(settings: Settings) -> None:
    folder = Path(settings.MEDIA_ROOT) / "jobs" / "nobody_s"
    folder.mkdir(parents=True)
    (folder / "input.pdf").write_bytes(b"%PDF-")
    os.utime(folder / "input.pdf", (time.time() - 7200,) * 2)
    says = wrong()["leftovers"]
    assert says.index("manage.py restore_jobs") < says.index("manage.py purge_jobs --orphans")


@pytest.mark.without("s3")
def test_it_sees_a_storage_that_takes_nothing(settings: Settings, tmp_path: Path) -> None:
    """A file in place of the folder, for that stops even the administrator who runs the tests."""
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file"
    assert str(tmp_path / "file") in wrong()["storage"]


def test_it_sees_that_uploads_can_not_be_received(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "file" / "incoming"
    assert "Uploads can't be received" in wrong()["storage"]
