"""Files that are not on this machine's disk: all goes through the storage API, so another storage will do."""

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from jobs import services, storage
from jobs.models import Job
from jobs.services.retention import Rules
from tests import pdfs
from tests.api.conftest import body
from tests.conftest import Work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def elsewhere(settings: Settings) -> None:
    """A storage without paths, as an object store is."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


@pytest.fixture
def uploaded(as_alice: APIClient, settings: Settings) -> Job:
    path = settings.FILE_UPLOAD_TEMP_DIR / "report.pdf"
    path.write_bytes(pdfs.pages(3))
    with path.open("rb") as file:
        answer = as_alice.post("/api/upload", {"file": file, "engine": "fake"}, format="multipart")
    path.unlink()
    assert answer.status_code == 202, answer.content
    return Job.objects.get()


def test_it_converts_and_gives_the_result(uploaded: Job, work: Work, as_alice: APIClient, settings: Settings) -> None:
    work()
    answer = as_alice.get(f"/api/jobs/{uploaded.job_id}/result")
    assert b"Text of page 3." in body(answer)
    names = sorted(storage.files(uploaded.job_id))
    assert [name.rpartition("/")[2] for name in names] == ["input.pdf", "metadata.json", "pages.jsonl.gz", "result.md"]
    assert Job.objects.get().stored_bytes == storage.bytes_of(uploaded.job_id)
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_it_purges(uploaded: Job, work: Work) -> None:
    work()
    services.purge(Rules(jobs=0))
    assert list(storage.files(uploaded.job_id)) == []


def test_it_restores(uploaded: Job, work: Work) -> None:
    work()
    before = list(Job.objects.get().pages.values_list("number", "markdown"))
    Job.objects.all().delete()
    assert services.restore().restored == [uploaded.job_id]
    assert list(Job.objects.get().pages.values_list("number", "markdown")) == before
