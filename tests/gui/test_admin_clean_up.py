"""Clean up storage: asks first, then does it and says what it did."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from jobs import storage
from jobs.admin import cleanup
from jobs.models import Job
from tests.conftest import MakeJob
from tests.gui.test_admin_list import LIST, words

ADDRESS = "/admin/jobs/job/clean-up/"


@pytest.fixture
def admin(client: Client, bob: User, settings: Settings) -> Client:
    """Bob's browser, on a server that has room for two finished jobs."""
    settings.MAX_JOBS = 2
    client.force_login(bob)
    return client


@pytest.fixture
def four(make_job: MakeJob) -> list[Job]:
    """Four finished jobs, the first of them used least recently."""
    now = timezone.now()
    return [
        make_job(filename=f"{number}.pdf", status="completed", used_at=now - timedelta(hours=9 - number))
        for number in range(4)
    ]


@pytest.fixture
def orphan(settings: Settings) -> Path:
    """A folder that belongs to no job, of yesterday."""
    folder = Path(settings.MEDIA_ROOT) / "jobs" / "left_behind"
    folder.mkdir(parents=True)
    (folder / "input.pdf").write_bytes(b"%PDF-")
    yesterday = (timezone.now() - timedelta(days=1)).timestamp()
    os.utime(folder / "input.pdf", (yesterday, yesterday))
    return folder


def shown(admin: Client) -> str:
    return words(admin.get(ADDRESS).content.decode())


def test_it_is_offered_on_the_list(admin: Client) -> None:
    assert f'href="{ADDRESS}"' in admin.get(LIST).content.decode()


def test_it_shows_what_would_go(admin: Client, four: list[Job], orphan: Path) -> None:
    Job.objects.update(stored_bytes=1024, page_bytes=512)
    text = shown(admin)
    assert "2 jobs would be purged, which frees 3.0 KB" in text
    assert "2 jobs, 3.0 KB: more than 2 finished jobs, and others were used later" in text
    assert "1 folder that belongs to no job would be removed: left_behind" in text
    assert "0.pdf" in text
    assert "1.pdf" in text
    assert "2.pdf" not in text


def test_it_asks_first(admin: Client, four: list[Job], orphan: Path) -> None:
    shown(admin)
    assert Job.objects.stored().count() == 4
    assert orphan.exists()


def test_it_does_it_and_says_what_it_did(admin: Client, four: list[Job], orphan: Path) -> None:
    Job.objects.update(stored_bytes=1024, page_bytes=512)
    answer = admin.post(ADDRESS, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "2 jobs purged, 3.0 KB freed. 1 orphaned folder removed." in words(answer.content.decode())
    assert [job.filename for job in Job.objects.stored().order_by("pk")] == ["2.pdf", "3.pdf"]
    assert not orphan.exists()


def test_it_says_that_there_is_nothing_to_do(admin: Client, make_job: MakeJob) -> None:
    make_job(status="completed")
    text = shown(admin)
    assert "There is nothing to clean up" in text
    assert "Yes, clean up" not in text


def test_it_tells_of_removals_that_broke_off(admin: Client, make_job: MakeJob) -> None:
    make_job(status="completed", removal="deleting")
    assert "1 removal that broke off would be finished." in shown(admin)
    admin.post(ADDRESS)
    assert not Job.objects.exists()


def test_it_shows_some_of_many(admin: Client, four: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleanup, "_MOST_SHOWN", 1)
    text = shown(admin)
    assert "And 1 more." in text
    assert "1.pdf" not in text


def test_it_escapes_names(admin: Client, make_job: MakeJob, settings: Settings) -> None:
    settings.MAX_JOBS = 0
    make_job(filename="<script>x</script>.pdf", status="completed")
    assert b"<script>x" not in admin.get(ADDRESS).content


def test_it_says_that_the_storage_refuses(admin: Client, four: list[Job], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(job_id: str) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(storage, "discard_folder", refuse)
    assert "The storage refused to remove a file" in words(admin.post(ADDRESS, follow=True).content.decode())
    monkeypatch.undo()
    assert "2 removals finished that had broken off." in words(admin.post(ADDRESS, follow=True).content.decode())
    assert Job.objects.stored().count() == 2


def test_it_takes_as_many_queries_for_many_jobs_as_for_one(
    admin: Client, make_job: MakeJob, settings: Settings, charlie: User
) -> None:
    settings.MAX_JOBS = 0
    make_job(status="completed")
    one = queries(admin)
    for _ in range(5):
        make_job(status="completed", owner=charlie)
    assert queries(admin) == one


def queries(admin: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        admin.get(ADDRESS)
    return len(captured)
