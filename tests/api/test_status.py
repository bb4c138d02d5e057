"""GET /api/jobs/{job_id}/status"""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs.models import Job
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob


def url(job: Job) -> str:
    return f"/api/jobs/{job.job_id}/status"


def test_it_says_how_far_a_job_is(make_job: MakeJob, as_alice: APIClient) -> None:
    now = timezone.now()
    job = make_job(
        status="processing", total_pages=8, pages_done=3, pages_failed=1, seconds_per_page=2.0, last_progress_at=now
    )
    assert as_alice.get(url(job)).json() == {
        "job_id": job.job_id,
        "status": "processing",
        "progress": 37,
        "pages_done": 3,
        "total_pages": 8,
        "pages_failed": 1,
        "error": None,
        "waiting": None,
        "expires_at": None,
        "queue_position": None,
        "eta_seconds": 5,  # five pages of two seconds, two at a time
        "last_progress_at": now.isoformat().replace("+00:00", "Z"),
        "is_terminal": False,
    }


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("pending", {"progress": 0, "is_terminal": False, "queue_position": 0, "eta_seconds": None}),
        ("completed", {"progress": 100, "is_terminal": True, "queue_position": None, "eta_seconds": None}),
        ("failed", {"is_terminal": True, "pages_failed": 3, "error": "None of its pages could be converted."}),
        ("cancelled", {"is_terminal": True, "progress": 0, "queue_position": None}),
    ],
)
def test_it_knows_every_state(make_job: MakeJob, as_alice: APIClient, status: str, says: dict[str, Any]) -> None:
    document = as_alice.get(url(make_job(status=status))).json()
    assert {"status": status, **says}.items() <= document.items()


def test_it_counts_the_jobs_that_wait_in_front(make_job: MakeJob, as_alice: APIClient, bob: User) -> None:
    make_job(owner=bob)
    make_job(status="completed")
    make_job()
    job = make_job()
    make_job()
    assert as_alice.get(url(job)).json()["queue_position"] == 2


def test_it_answers_304_until_something_changes(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="processing", pages_done=1)
    etag = as_alice.get(url(job))["ETag"]
    again = as_alice.get(url(job), headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    Job.objects.filter(pk=job.pk).update(pages_done=2)
    changed = as_alice.get(url(job), headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] != etag
    assert changed.json()["pages_done"] == 2


def test_it_may_not_be_kept_by_proxies(make_job: MakeJob, as_alice: APIClient) -> None:
    assert as_alice.get(url(make_job()))["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("status", "queries"), [("processing", 1), ("pending", 2), ("failed", 1), ("completed", 1), ("cancelled", 1)]
)
def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob,
    as_alice: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    status: str,
    queries: int,
) -> None:
    job = make_job(status=status, last_accessed_at=timezone.now())
    with django_assert_num_queries(queries):
        etag = as_alice.get(url(job))["ETag"]
    with django_assert_num_queries(queries):
        assert as_alice.get(url(job), headers={"If-None-Match": etag}).status_code == 304


def test_it_costs_a_browser_two_queries_more(
    make_job: MakeJob, client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(status="processing")
    client.force_login(alice)
    with django_assert_num_queries(3):  # session and account
        assert client.get(url(job)).status_code == 200


def test_it_notes_that_somebody_looked_at_the_finished_job(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    as_alice.get(url(job))
    job.refresh_from_db()
    assert job.last_accessed_at is not None


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    assert_problem(as_charlie.get(url(make_job())), 404, "job_not_found")


@pytest.mark.usefixtures("alice")
def test_it_knows_no_job_that_is_not_there(as_alice: APIClient) -> None:
    assert_problem(as_alice.get("/api/jobs/nothing_pdf_20260107_143022_a7b3c4d5/status"), 404, "job_not_found")
