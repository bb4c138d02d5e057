"""Purge: the least recently used finished jobs go, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from jobs import services, storage, tasks
from jobs.models import Event, Job, Page
from jobs.models.job import Removal
from jobs.room import room_of
from jobs.services import removal
from jobs.services.retention import Rules
from tests import pdfs
from tests.conftest import MakeJob, Work

Submit = Callable[[str], Job]


@pytest.fixture
def submit(db: None) -> Submit:
    """Uploads a one-page PDF under a name."""

    def send(name: str) -> Job:
        content = pdfs.pages(1)
        file = TemporaryUploadedFile(name, "application/pdf", len(content), None)
        file.write(content)
        file.flush()
        job = services.submit(owner=None, file=file, options=services.Options(), engine="fake")
        file.close()
        return job

    return send


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def aged(job: Job, **ago: float) -> Job:
    """The job as if it was last used so long ago."""
    Job.objects.filter(pk=job.pk).update(used_at=timezone.now() - timedelta(**ago))
    return fresh(job)


def du(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.without("s3")
def test_it_keeps_the_most_recently_used(submit: Submit, work: Work, settings: Settings) -> None:
    settings.MAX_JOBS = 5
    jobs = []
    for number in range(20):
        jobs.append(submit(f"number {number}.pdf"))
        work()
        if number == 1:
            services.keep(jobs[1])
        if number == 16:
            services.note_access(fresh(jobs[14]))  # now used after 15 and 16
        services.purge()
    # 14 stays though 15 was finished later: it was read. 1 stays besides: it is kept.
    left = [number for number, job in enumerate(jobs) if not fresh(job).is_purged]
    assert left == [1, 14, 16, 17, 18, 19]
    assert set(storage.folders()) == {jobs[number].job_id for number in left}
    assert room_of(Job.objects.stored()).file_bytes == du(settings.MEDIA_ROOT / "jobs")


def test_it_goes_by_last_use(make_job: MakeJob) -> None:
    old, read, new = (make_job(status="completed") for _ in range(3))
    aged(old, hours=3)
    aged(new, hours=1)
    services.note_access(aged(read, hours=4))
    services.purge(Rules(jobs=2))
    assert [fresh(job).is_purged for job in (old, read, new)] == [True, False, False]


def test_it_goes_by_size(make_job: MakeJob) -> None:
    jobs = [aged(make_job(status="completed"), hours=9 - number) for number in range(4)]
    each = jobs[0].stored_bytes + jobs[0].page_bytes
    report = services.purge(Rules(bytes=2 * each))
    assert [due.job.pk for due in report.due] == [jobs[0].pk, jobs[1].pk]
    assert report.bytes == 2 * each


def test_it_goes_by_age(make_job: MakeJob) -> None:
    old, new = make_job(status="completed"), make_job(status="completed")
    aged(old, days=8)
    services.purge(Rules(unused_for=timedelta(days=7)))
    assert (fresh(old).purge_reason, fresh(new).is_purged) == ("not used for 7 days", False)


@pytest.mark.parametrize(
    "changes", [{"status": "pending"}, {"status": "processing"}, {"status": "failed", "keep": True}]
)
def test_it_never_takes_what_is_active_or_kept(make_job: MakeJob, changes: dict[str, object]) -> None:
    job = aged(make_job(**changes), days=900)
    assert services.purge(Rules(jobs=0, bytes=0, unused_for=timedelta(days=1))).due == []
    assert storage.bytes_of(job.job_id) > 0


def test_it_does_not_take_what_is_just_being_downloaded(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    reading = services.begin_reading(job)
    assert services.purge(Rules(jobs=0)).due == []
    services.end_reading(reading)
    assert len(services.purge(Rules(jobs=0)).due) == 1


def test_it_does_not_wait_for_a_download_that_died(make_job: MakeJob) -> None:
    reading = services.begin_reading(make_job(status="completed"))
    type(reading).objects.update(until=timezone.now() - timedelta(seconds=1))
    assert len(services.purge(Rules(jobs=0)).due) == 1


def test_it_leaves_a_tombstone(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    services.purge(Rules(jobs=0))
    tombstone = fresh(job)
    assert tombstone.status == "completed"
    assert tombstone.purged_at is not None
    assert "more than 0 finished jobs" in tombstone.purge_reason
    assert (tombstone.stored_bytes, tombstone.page_bytes, tombstone.result.name) == (0, 0, "")
    assert not Page.objects.filter(job=job).exists()
    assert list(storage.folders()) == []
    assert Event.objects.filter(job=job, kind=Event.Kind.PURGED).exists()


def test_it_keeps_a_bounded_number_of_tombstones(make_job: MakeJob, settings: Settings) -> None:
    settings.MAX_TOMBSTONES = 2
    jobs = [aged(make_job(status="completed"), hours=9 - number) for number in range(4)]
    services.purge(Rules(jobs=0))
    assert set(Job.objects.values_list("pk", flat=True)) == {jobs[2].pk, jobs[3].pk}


def test_it_tells_what_it_would_do_and_does_nothing(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    report = services.plan(Rules(jobs=0))
    assert [(due.job.pk, due.bytes) for due in report.due] == [(job.pk, job.stored_bytes + job.page_bytes)]
    assert not fresh(job).is_purged


def test_it_takes_only_some_states_when_asked(make_job: MakeJob) -> None:
    make_job(status="completed")
    failed = make_job(status="failed")
    report = services.purge(Rules(jobs=0, statuses=("failed",)))
    assert [due.job.pk for due in report.due] == [failed.pk]


def test_it_goes_on_over_many_batches(make_job: MakeJob) -> None:
    for _ in range(120):
        make_job(status="completed", total_pages=1)
    assert len(services.purge(Rules(jobs=3)).due) == 117
    assert len(list(storage.folders())) == 3


@pytest.mark.parametrize("removal_state", [Removal.PURGING, Removal.DELETING])
@pytest.mark.parametrize("files_gone", [False, True])
def test_it_finishes_what_a_killed_run_has_left(make_job: MakeJob, removal_state: Removal, files_gone: bool) -> None:
    job = make_job(status="completed")
    Job.objects.filter(pk=job.pk).update(removal=removal_state, purge_reason="no room")
    if files_gone:
        storage.discard_folder(job.job_id)
    assert services.purge(Rules()).finished == 1
    assert list(storage.folders()) == []
    assert Job.objects.filter(pk=job.pk).exists() == (removal_state == Removal.PURGING)
    assert not Job.objects.filter(removal__isnull=False).exists()


@pytest.mark.usefixtures("transactional_db")
def test_it_is_safe_to_run_twice_at_once(make_job: MakeJob) -> None:
    for _ in range(60):
        make_job(status="completed", total_pages=1)
    purged: list[int] = []

    def run() -> None:
        purged.append(len(services.purge(Rules(jobs=10)).due))
        connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(purged) == 50
    assert Job.objects.stored().count() == len(list(storage.folders())) == 10


def test_it_runs_after_each_completion(make_job: MakeJob, settings: Settings) -> None:
    settings.MAX_JOBS = 1
    old = aged(make_job(status="completed"), hours=1)
    new = make_job(total_pages=1)
    tasks.advance()
    assert (fresh(new).status, fresh(old).is_purged) == ("completed", True)


def test_it_hides_a_job_that_is_being_deleted(make_job: MakeJob, alice: User) -> None:
    job = make_job(status="completed")
    Job.objects.filter(pk=job.pk).update(removal=Removal.DELETING)
    assert not Job.objects.visible_to(alice).exists()
    removal.finish_all()
    assert not Job.objects.exists()


def test_it_says_when_a_job_expires(make_job: MakeJob, settings: Settings) -> None:
    job = make_job(status="completed")
    assert job.expires_at is None
    settings.RETENTION_DAYS = 2.0
    assert job.expires_at == job.used_at + timedelta(days=2)
    job.keep = True
    assert job.expires_at is None
