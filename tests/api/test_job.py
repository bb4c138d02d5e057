"""GET /api/jobs/{job_id}"""

from datetime import datetime

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs.models import Job
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob

FIELDS = {
    "job_id",
    "filename",
    "status",
    "created_at",
    "started_at",
    "completed_at",
    "total_pages",
    "processed_pages",
    "progress_percent",
    "prompt",
    "result_file",
    "error",
    "pages_failed",
    "failed_pages",
    "engine",
    "engine_version",
    "options",
    "warnings",
    "input_bytes",
    "input_sha256",
    "reused",
    "prompt_tokens",
    "completion_tokens",
    "result_bytes",
    "last_accessed_at",
    "expires_at",
    "keep",
    "purged_at",
    "purge_reason",
    "client_ref",
    "callback_url",
    "status_url",
    "result_url",
}


def url(job: Job) -> str:
    return f"/api/jobs/{job.job_id}"


def test_it_tells_all_about_a_completed_job(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(
        status="completed", total_pages=4, pages_failed=1, prompt="p", client_ref="7", warnings=["w"], password="secret"
    )
    document = as_alice.get(url(job)).json()
    assert set(document) == FIELDS
    expected = {
        "job_id": job.job_id,
        "filename": "report.pdf",
        "status": "completed",
        "total_pages": 4,
        "processed_pages": 4,
        "progress_percent": 100,
        "prompt": "p",
        "client_ref": "7",
        "warnings": ["w"],
        "error": None,
        "pages_failed": 1,
        "failed_pages": [4],
        "engine": "fake",
        "result_file": job.result.name,
        "result_bytes": 9,
        "keep": False,
    }
    assert expected.items() <= document.items()


def test_it_tells_all_about_a_new_job(make_job: MakeJob, as_alice: APIClient) -> None:
    document = as_alice.get(url(make_job())).json()
    nothing = ("started_at", "completed_at", "result_file", "error", "last_accessed_at", "expires_at")
    assert [document[name] for name in nothing] == [None] * len(nothing)
    assert (document["processed_pages"], document["failed_pages"]) == (0, [])


def test_it_says_why_a_job_failed(make_job: MakeJob, as_alice: APIClient) -> None:
    document = as_alice.get(url(make_job(status="failed"))).json()
    assert document["error"] == "None of its pages could be converted."
    assert (document["failed_pages"], document["result_file"]) == ([1, 2, 3], None)


def test_it_names_failed_pages_by_their_number_in_the_pdf(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(numbers=[4, 8, 15, 16], status="processing", pages_done=3, pages_failed=2)
    assert as_alice.get(url(job)).json()["failed_pages"] == [8, 15]


@pytest.mark.parametrize("name", ["created_at", "started_at", "completed_at"])
def test_it_gives_times_in_utc(make_job: MakeJob, as_alice: APIClient, name: str) -> None:
    job = make_job(status="completed")
    said = as_alice.get(url(job)).json()[name]
    assert said.endswith("Z")
    assert datetime.fromisoformat(said) == getattr(job, name)


def test_it_can_be_looked_at_without_changing_anything(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed", last_accessed_at=timezone.now())
    before = Job.objects.values().get(pk=job.pk)
    assert as_alice.get(url(job)).json() == as_alice.get(url(job)).json()
    assert Job.objects.values().get(pk=job.pk) == before


@pytest.mark.parametrize(("status", "queries"), [("pending", 1), ("completed", 1), ("failed", 2)])
def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob,
    as_alice: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    status: str,
    queries: int,
) -> None:
    job = make_job(status=status)
    with django_assert_num_queries(queries):
        as_alice.get(url(job))


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    assert_problem(as_charlie.get(url(make_job())), 404, "job_not_found")


@pytest.mark.parametrize(
    ("job_id", "code"),
    [
        ("nothing", "job_not_found"),
        ("REPORT", "not_found"),
        ("a" * 121, "not_found"),
        ("a.b", "not_found"),
        ("..", "not_found"),
        ("%2e%2e%2f", "not_found"),
        ("a%00", "not_found"),
        ("a' OR 1=1 --", "not_found"),
    ],
)
def test_it_knows_no_job_with_a_bad_id(as_alice: APIClient, job_id: str, code: str) -> None:
    assert_problem(as_alice.get(f"/api/jobs/{job_id}"), 404, code)
