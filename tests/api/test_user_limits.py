"""What one user may ask of the server."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from jobs.models import Allowance, Job
from jobs.services import allowances
from tests import pdfs
from tests.api.conftest import Send, assert_problem, multipart
from tests.conftest import MakeJob, StoredFiles

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def a_process_that_has_just_started() -> Iterator[None]:
    allowances.forget_shares()
    yield
    allowances.forget_shares()


def test_it_has_none_unless_they_are_set(as_alice: APIClient, send: Send) -> None:
    for _ in range(30):
        as_alice.get("/api/jobs")
    assert send().status_code == 202
    assert not Allowance.objects.exists()


# --- requests ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [1, 7, 50])
def test_it_answers_so_many_requests_a_minute(as_alice: APIClient, settings: Settings, most: int) -> None:
    settings.USER_REQUESTS_PER_MINUTE = most
    assert [as_alice.get("/api/jobs").status_code for _ in range(most)] == [200] * most
    answer = as_alice.get("/api/jobs")
    assert "Wait" in assert_problem(answer, 429, "too_many_requests")["detail"]
    assert 0 < int(answer["Retry-After"]) <= 60


def test_it_lets_others_go_on(as_alice: APIClient, as_charlie: APIClient, settings: Settings) -> None:
    settings.USER_REQUESTS_PER_MINUTE = 1
    assert [as_alice.get("/api/jobs").status_code for _ in range(2)] == [200, 429]
    assert as_charlie.get("/api/jobs").status_code == 200


def test_it_begins_anew_when_the_minute_is_over(as_alice: APIClient, settings: Settings) -> None:
    settings.USER_REQUESTS_PER_MINUTE = 1
    assert [as_alice.get("/api/jobs").status_code for _ in range(2)] == [200, 429]
    Allowance.objects.update(until=timezone.now())
    allowances.forget_shares()
    assert as_alice.get("/api/jobs").status_code == 200


def test_it_counts_over_all_processes(as_alice: APIClient, settings: Settings) -> None:
    settings.USER_REQUESTS_PER_MINUTE = 10
    answers = []
    for _ in range(12):
        allowances.forget_shares()  # each request meets another process
        answers.append(as_alice.get("/api/jobs").status_code)
    assert answers == [200] * 10 + [429] * 2


def test_it_takes_a_share_at_once_and_refuses_without_a_query(
    as_alice: APIClient, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.USER_REQUESTS_PER_MINUTE = 100
    as_alice.get("/api/nothing")
    as_alice.get("/api/storage")
    with django_assert_num_queries(1):  # the one that the answer itself needs
        as_alice.get("/api/storage")
    while as_alice.get("/api/storage").status_code == 200:
        pass
    assert Allowance.objects.get().count == 100
    with django_assert_num_queries(0):
        as_alice.get("/api/storage")


def test_it_allows_ten_times_as_many_polls(make_job: MakeJob, as_alice: APIClient, settings: Settings) -> None:
    settings.USER_REQUESTS_PER_MINUTE = 2
    address = f"/api/jobs/{make_job().job_id}/status"
    assert [as_alice.get(address).status_code for _ in range(21)] == [200] * 20 + [429]
    assert as_alice.get("/api/jobs").status_code == 200


def test_it_always_says_how_it_is(api: APIClient, settings: Settings) -> None:
    settings.USER_REQUESTS_PER_MINUTE = 1
    assert [api.get("/api/health/live").status_code for _ in range(3)] == [200] * 3


def test_it_holds_for_the_one_user_of_an_open_server_too(api: APIClient, settings: Settings, db: None) -> None:
    settings.REQUIRE_LOGIN = False
    settings.USER_REQUESTS_PER_MINUTE = 1
    assert [api.get("/api/jobs").status_code for _ in range(2)] == [200, 429]


# --- uploads -----------------------------------------------------------------------------------------------------


def test_it_takes_so_many_uploads_an_hour(send: Send, settings: Settings, as_charlie: APIClient) -> None:
    settings.USER_UPLOADS_PER_HOUR = 2
    assert [send().status_code for _ in range(2)] == [202] * 2
    answer = send()
    assert_problem(answer, 429, "too_many_uploads")
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert Job.objects.count() == 2
    assert as_charlie.post("/api/upload", **multipart(pdfs.pages(1), "a.pdf")).status_code == 202


def test_it_takes_so_many_pages_at_once(
    send: Send, settings: Settings, as_charlie: APIClient, stored_files: StoredFiles
) -> None:
    settings.USER_ACTIVE_PAGES = 5
    assert [send(pdfs.pages(3), pages=pages).status_code for pages in ("1-3", "1-2")] == [202] * 2
    before = stored_files()
    answer = send(pdfs.pages(1))
    assert "5 pages of yours" in assert_problem(answer, 429, "too_many_active_pages")["detail"]
    assert answer["Retry-After"]
    assert stored_files() == before
    assert as_charlie.post("/api/upload", **multipart(pdfs.pages(1), "a.pdf")).status_code == 202
    Job.objects.filter(total_pages=2).update(pages_done=1)
    assert send(pdfs.pages(1)).status_code == 202


def test_it_always_takes_one_job_alone(send: Send, settings: Settings, make_job: MakeJob) -> None:
    settings.USER_ACTIVE_PAGES = 2
    make_job(status="completed")
    assert send(pdfs.pages(5)).status_code == 202
    assert send(pdfs.pages(1)).status_code == 429


def test_it_takes_no_more_by_a_retry(make_job: MakeJob, as_alice: APIClient, settings: Settings) -> None:
    settings.USER_ACTIVE_PAGES = 5
    stopped = make_job(status="cancelled", total_pages=4)
    running = make_job(status="processing", total_pages=4, pages_done=2)
    retry = f"/api/jobs/{stopped.job_id}/retry"
    assert_problem(as_alice.post(retry), 429, "too_many_active_pages")
    stopped.refresh_from_db()
    assert stopped.status == "cancelled"
    Job.objects.filter(pk=running.pk).update(pages_done=3)
    assert as_alice.post(retry).status_code == 200


def test_it_stores_so_much(
    make_job: MakeJob, send: Send, settings: Settings, as_charlie: APIClient, stored_files: StoredFiles
) -> None:
    settings.USER_STORAGE_GB = 0.001
    job = make_job(status="completed")
    Job.objects.filter(pk=job.pk).update(stored_bytes=settings.USER_STORAGE_GB * 1024**3 - 100)
    before = stored_files()
    answer = send()
    assert "Delete some" in assert_problem(answer, 507, "storage_share_full")["detail"]
    assert answer["Retry-After"]
    assert stored_files() == before
    assert as_charlie.post("/api/upload", **multipart(pdfs.pages(1), "a.pdf")).status_code == 202
    Job.objects.filter(pk=job.pk).update(stored_bytes=0)
    assert send().status_code == 202


# --- the count itself --------------------------------------------------------------------------------------------


def test_it_counts_up_to_the_limit(db: None) -> None:
    assert [Allowance.objects.take("x", 4, 10, HOUR)[0] for _ in range(4)] == [4, 4, 2, 0]
    Allowance.objects.give_back("x", 3)
    assert Allowance.objects.take("x", 4, 10, HOUR)[0] == 3


def test_it_keeps_keys_apart_and_forgets_old_ones(db: None, alice: User) -> None:
    Allowance.objects.take("x", 1, 1, MINUTE)
    assert Allowance.objects.take("y", 1, 1, HOUR)[0] == 1
    Allowance.objects.filter(key="x").update(until=timezone.now())
    Allowance.objects.forget()
    assert [allowance.key for allowance in Allowance.objects.all()] == ["y"]
