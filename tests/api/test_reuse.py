"""The same PDF, asked for in the same way, is not converted twice."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from rest_framework.test import APIClient

from jobs import services, storage
from jobs.models import Job, Page
from jobs.services import reuse
from tests import pdfs
from tests.api.conftest import Send, body, multipart
from tests.conftest import StoredFiles, Work
from tests.engines import fake
from tests.pictures import store_picture

PICTURE = "page-00001-01.png"
PAGE = ("number", "label", "status", "markdown", "source", "seams", "blocks", "frame", "warnings", "seconds")


@pytest.fixture
def first(send: Send, work: Work) -> Job:
    """A completed job of Alice's."""
    document = send(engine="fake").json()
    assert (document["reused"], len(document["input_sha256"])) == (False, 64)
    work()
    return Job.objects.get(job_id=document["job_id"])


def pages(job: Job) -> list[tuple[Any, ...]]:
    return list(job.pages.order_by("number").values_list(*PAGE))


def with_picture(job: Job, settings: Settings) -> Path:
    """Gives the job a picture; the path of its file."""
    store_picture(job, PICTURE, b"png")
    return Path(settings.MEDIA_ROOT) / storage.picture_path(job.job_id, PICTURE)


def test_it_gets_the_finished_pages_at_once(first: Job, send: Send, work: Work, as_alice: APIClient) -> None:
    Page.objects.filter(number=2).update(label="ii", blocks=[{"type": "text"}], warnings=["w"], frame={"width": 1})
    document = send(engine="fake", name="other name.pdf", client_ref="7").json()
    assert (document["status"], document["reused"], document["processed_pages"]) == ("pending", True, 3)
    assert (document["filename"], document["client_ref"]) == ("other name.pdf", "7")
    second = Job.objects.get(job_id=document["job_id"])
    assert pages(second) == pages(first)
    work()
    second.refresh_from_db()
    assert (second.status, second.pages_done, second.pages_failed) == ("completed", 3, 0)
    assert second.page_bytes == first.page_bytes
    assert second.warnings == ["w"]
    assert set(second.pages.values_list("attempts", flat=True)) == {1}
    result = [body(as_alice.get(f"/api/jobs/{job.job_id}/result")) for job in (first, second)]
    assert result[0] == result[1]
    assert fake.text_of(2).encode() in result[0]
    assert [event.kind for event in second.events.all()][:2] == ["queued", "reused"]


@pytest.mark.without("s3")
def test_it_gets_the_pictures_too(first: Job, send: Send, settings: Settings, work: Work) -> None:
    with_picture(first, settings)
    second = Job.objects.get(job_id=send(engine="fake").json()["job_id"])
    assert second.reused
    work()
    services.delete(first)
    copy = Path(settings.MEDIA_ROOT) / storage.picture_path(second.job_id, PICTURE)
    assert copy.read_bytes() == b"png"
    digest = hashlib.sha256(b"png").hexdigest()
    assert list(second.pictures.values_list("name", "digest", "bytes")) == [(PICTURE, digest, 3)]
    second.refresh_from_db()
    assert second.stored_bytes == sum(each.stat().st_size for each in copy.parents[1].rglob("*") if each.is_file())


def test_it_is_converted_anew_where_that_is_asked_for(first: Job, send: Send, work: Work) -> None:
    document = send(engine="fake", reuse="false").json()
    assert (document["reused"], document["processed_pages"]) == (False, 0)
    work()
    assert Job.objects.get(job_id=document["job_id"]).status == "completed"


@pytest.mark.parametrize(
    "changes",
    [{"pages": "1-2"}, {"page_breaks": "true"}, {"prompt": "x"}, {"ocr": "always"}, {"engine": "fast"}],
    ids=lambda changes: next(iter(changes)),
)
def test_it_is_converted_where_other_things_are_asked_for(first: Job, send: Send, changes: dict[str, str]) -> None:
    fields = {"engine": "fake", **changes}
    assert send(pdfs.pages(3), "report.pdf", **fields).json()["reused"] is False


def test_it_is_converted_where_the_file_is_another(first: Job, send: Send) -> None:
    assert send(pdfs.pages(3) + b"\n", engine="fake").json()["reused"] is False


@pytest.mark.parametrize(
    "changes",
    [
        {"engine_version": "older"},
        {"pages_failed": 1},
        {"status": "processing", "completed_at": None},
        {"status": "cancelled"},
        {"removal": "purging"},
        {"removal": "deleting"},
        {"input_sha256": ""},
    ],
    ids=lambda changes: str(next(iter(changes.items()))),
)
def test_it_is_converted_where_the_first_is_not_good_enough(first: Job, send: Send, changes: dict[str, Any]) -> None:
    Job.objects.filter(pk=first.pk).update(**changes)
    assert send(engine="fake").json()["reused"] is False


def test_it_is_converted_where_the_first_was_purged(first: Job, send: Send) -> None:
    services.purge(services.Rules(everything=True))
    assert send(engine="fake").json()["reused"] is False


def test_it_never_gets_those_of_somebody_else(first: Job, as_charlie: APIClient) -> None:
    answer = as_charlie.post("/api/upload", **multipart(pdfs.pages(3), "report.pdf", engine="fake"))
    assert answer.json()["reused"] is False


def test_it_works_for_nobody_too(api: APIClient, settings: Settings, db: None, work: Work) -> None:
    settings.REQUIRE_LOGIN = False
    for expected in (False, True):
        answer = api.post("/api/upload", **multipart(pdfs.pages(3), "report.pdf", engine="fake"))
        assert answer.json()["reused"] is expected
        work()


def test_it_still_asks_for_the_password(send: Send, work: Work) -> None:
    locked = pdfs.encrypted("pass word")
    send(locked, engine="fake", password="pass word")
    work()
    assert send(locked, engine="fake").json()["code"] == "locked"
    assert send(locked, engine="fake", password="wrong").json()["code"] == "wrong_password"
    assert send(locked, engine="fake", password="pass word").json()["reused"] is True


def test_it_counts_no_pages_in_flight(first: Job, send: Send, settings: Settings) -> None:
    settings.USER_ACTIVE_PAGES = 3
    send(pdfs.pages(2), engine="fake")
    assert send(pdfs.pages(3), engine="fake").json()["reused"] is True


def test_it_is_converted_where_the_first_goes_meanwhile(
    first: Job, alice: User, settings: Settings, stored_files: StoredFiles
) -> None:
    with_picture(first, settings)
    new = Job.objects.get(pk=first.pk)
    new.pk, new.job_id = None, "new_pdf_20260107_143022_a7b3c4d5"
    assert reuse.copy_pictures(first, new)
    services.delete(first)
    assert not reuse.adopt_pages(first, new)
    assert stored_files() == []


@pytest.mark.without("s3")
def test_it_is_converted_where_a_picture_is_lost(first: Job, send: Send, settings: Settings) -> None:
    with_picture(first, settings).unlink()
    document = send(engine="fake").json()
    assert document["reused"] is False
    assert not (Path(settings.MEDIA_ROOT) / "jobs" / document["job_id"] / "images").exists()


def test_it_may_be_retried_deleted_and_used_again(first: Job, send: Send, work: Work) -> None:
    second = Job.objects.get(job_id=send(engine="fake").json()["job_id"])
    services.cancel(second)
    services.retry(second)
    work()
    services.delete(first)
    assert send(engine="fake").json()["reused"] is True
