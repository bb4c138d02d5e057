"""Idempotency-Key on POST /api/upload"""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from jobs import services
from jobs.errors import UploadInFlight
from jobs.models import IdempotencyKey, Job
from jobs.services import idempotency
from tests import pdfs
from tests.api.conftest import Answer, assert_problem, multipart
from tests.conftest import StoredFiles, Work

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'


def upload(client: APIClient, key: str | None = KEY, content: bytes | None = None, **fields: str) -> Answer:
    body = multipart(pdfs.pages(2) if content is None else content, "report.pdf", engine="fake", **fields)
    return client.post("/api/upload", **body, headers={} if key is None else {"Idempotency-Key": key})


def test_it_gives_the_first_answer_again(as_alice: APIClient, work: Work, stored_files: StoredFiles) -> None:
    first = upload(as_alice)
    assert "Idempotency-Replayed" not in first
    work()
    stored = stored_files()
    second = upload(as_alice)
    assert (second.status_code, second.content, second["Location"]) == (202, first.content, first["Location"])
    assert second["Idempotency-Replayed"] == "true"
    assert Job.objects.count() == 1
    assert stored_files() == stored


def test_it_makes_a_job_each_time_without_one(as_alice: APIClient) -> None:
    assert {upload(as_alice, key=None).status_code for _ in range(2)} == {202}
    assert Job.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"content": pdfs.pages(3)}, {"pages": "1"}, {"prompt": "x"}, {"client_ref": "x"}, {"reuse": "false"}],
    ids=lambda changes: next(iter(changes)),
)
def test_it_refuses_another_upload(as_alice: APIClient, changes: dict[str, Any]) -> None:
    upload(as_alice)
    assert_problem(upload(as_alice, **changes), 422, "idempotency_key_reused")
    assert Job.objects.count() == 1


def test_it_counts_what_is_not_said_as_its_default(as_alice: APIClient) -> None:
    upload(as_alice)
    assert upload(as_alice, reuse="true", pages="")["Idempotency-Replayed"] == "true"


def test_it_belongs_to_one_owner(as_alice: APIClient, as_charlie: APIClient) -> None:
    assert upload(as_alice).json()["job_id"] != upload(as_charlie).json()["job_id"]


def test_it_works_for_nobody_too(api: APIClient, settings: Settings, db: None) -> None:
    settings.REQUIRE_LOGIN = False
    assert upload(api).json() == upload(api).json()
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    "key", ["", '""', '"', '"a', "a b", "a,b", '"a", "b"', '"a";b=1', '"é"', "x" * 256, f'"{"x" * 256}"', '"\\a"']
)
def test_it_refuses_what_is_no_key(as_alice: APIClient, key: str) -> None:
    assert_problem(upload(as_alice, key), 400, "bad_idempotency_key")
    assert not Job.objects.exists()


@pytest.mark.parametrize("key", ["a", '"a"', ' "a" ', '"a \\" b \\\\"', "x" * 255, "8e03978e-40d5-43dd"])
def test_it_takes_what_is_one(as_alice: APIClient, key: str) -> None:
    assert upload(as_alice, key).content == upload(as_alice, key).content


def test_it_does_not_mind_quotation_marks(as_alice: APIClient) -> None:
    assert upload(as_alice, "a").json() == upload(as_alice, '"a"').json()


def test_it_says_that_the_first_is_still_being_taken_in(as_alice: APIClient, alice: User) -> None:
    upload(as_alice)
    IdempotencyKey.objects.update(answer="")
    answer = upload(as_alice)
    assert_problem(answer, 409, "upload_in_flight")
    assert answer["Retry-After"]
    assert Job.objects.count() == 1


def test_it_takes_over_when_the_first_has_died(as_alice: APIClient) -> None:
    upload(as_alice)
    Job.objects.all().delete()
    IdempotencyKey.objects.update(answer="", locked_until=timezone.now())
    answer = upload(as_alice, pages="1")
    assert (answer.status_code, "Idempotency-Replayed" in answer) == (202, False)
    assert upload(as_alice, pages="1").json() == answer.json()


def test_it_makes_no_job_for_the_one_that_was_thought_dead(alice: User, as_alice: APIClient) -> None:
    """It was only slow, and somebody else has the key now."""
    upload(as_alice, pages="1")
    job = Job.objects.get()
    lock = idempotency._Lock(IdempotencyKey.objects.get().pk, timezone.now())
    with pytest.raises(UploadInFlight):
        lock.keep_answer(job)
    lock.release()
    assert IdempotencyKey.objects.exists()


@pytest.mark.parametrize(
    ("bad", "status"), [({"pages": "9"}, 400), ({"content": b"x"}, 415), ({"content": b""}, 400)], ids=str
)
def test_it_does_not_keep_a_refusal(as_alice: APIClient, bad: dict[str, Any], status: int) -> None:
    assert upload(as_alice, **bad).status_code == status
    assert not IdempotencyKey.objects.exists()
    assert upload(as_alice).status_code == 202


def test_it_does_not_count_a_repetition_as_an_upload(as_alice: APIClient, settings: Settings) -> None:
    settings.USER_UPLOADS_PER_HOUR = 1
    assert {upload(as_alice).status_code for _ in range(3)} == {202}
    assert upload(as_alice, "other").status_code == 429
    assert IdempotencyKey.objects.count() == 1


def test_it_is_forgotten_after_a_day(as_alice: APIClient) -> None:
    first = upload(as_alice)
    almost = timezone.now() - timedelta(hours=23)
    IdempotencyKey.objects.update(created_at=almost, locked_until=almost)
    services.purge()
    assert upload(as_alice).json() == first.json()
    long_ago = timezone.now() - timedelta(hours=24)
    IdempotencyKey.objects.update(created_at=long_ago, locked_until=long_ago)
    again = upload(as_alice, pages="1")
    assert (again.status_code, "Idempotency-Replayed" in again) == (202, False)
    IdempotencyKey.objects.update(created_at=long_ago)
    services.purge()
    assert not IdempotencyKey.objects.exists()


def test_it_outlives_its_job(as_alice: APIClient) -> None:
    first = upload(as_alice)
    services.delete(Job.objects.get())
    assert upload(as_alice).json() == first.json()
    assert not Job.objects.exists()


def test_it_does_not_tell_the_password(as_alice: APIClient) -> None:
    upload(as_alice, content=pdfs.encrypted("pass word"), password="pass word")
    row = str(IdempotencyKey.objects.values().get())
    assert "pass word" not in row
    wrong = upload(as_alice, content=pdfs.encrypted("pass word"), password="other")
    assert_problem(wrong, 422, "idempotency_key_reused")
