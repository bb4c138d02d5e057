"""`manage.py restore_jobs`."""

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from pytest_django import Settings

from jobs import archive, storage
from jobs.models import Job
from tests.conftest import MakeJob, Work


def restore() -> list[str]:
    out = StringIO()
    call_command("restore_jobs", stdout=out)
    return out.getvalue().splitlines()


def lose_the_database() -> None:
    Job.objects.all().delete()
    User.objects.all().delete()


def test_it_brings_a_job_back(make_job: MakeJob, work: Work) -> None:
    job = make_job(total_pages=3)
    work()
    result = storage.read(Job.objects.get(pk=job.pk).result.name or "")
    lose_the_database()
    assert restore() == [f"restored  {job.job_id}", "1 jobs restored, 0 were listed already, 0 folders are unclear."]
    again = Job.objects.get()
    assert (again.job_id, again.status, storage.read(again.result.name or "")) == (job.job_id, "completed", result)
    assert again.owner is not None
    assert again.owner.username == "alice"


def test_it_leaves_alone_what_is_listed(make_job: MakeJob) -> None:
    archive.write_metadata(make_job(status="completed"))
    before = Job.objects.values().get()
    assert restore() == ["0 jobs restored, 1 were listed already, 0 folders are unclear."]
    assert Job.objects.values().get() == before


@pytest.mark.without("s3")
@pytest.mark.parametrize("metadata", [None, "{", "[]", '{"version": 1, "job_id": "another"}'])
@pytest.mark.usefixtures("db")
def test_it_says_what_to_do_with_what_is_unclear(settings: Settings, metadata: str | None) -> None:
    folder = Path(settings.MEDIA_ROOT) / "jobs" / "a_job"
    folder.mkdir(parents=True)
    (folder / "input.pdf").write_bytes(b"%PDF-")
    if metadata is not None:
        (folder / "metadata.json").write_text(metadata)
    unclear, count, advice = restore()
    assert unclear == "unclear   jobs/a_job"
    assert count == "0 jobs restored, 0 were listed already, 1 folders are unclear."
    assert "manage.py convert" in advice
    assert "manage.py purge_jobs --orphans" in advice
    assert (folder / "input.pdf").exists()


@pytest.mark.usefixtures("db")
def test_it_restores_nothing_where_nothing_is() -> None:
    assert restore() == ["0 jobs restored, 0 were listed already, 0 folders are unclear."]
