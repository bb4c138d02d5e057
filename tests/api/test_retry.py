"""POST /api/jobs/{job_id}/retry"""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs.models import Job
from tests.api.conftest import assert_problem, body
from tests.conftest import MakeJob, Work


def url(job: Job) -> str:
    return f"/api/jobs/{job.job_id}/retry"


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_it_puts_the_job_back_and_answers_with_it(make_job: MakeJob, as_alice: APIClient, status: str) -> None:
    job = make_job(status=status)
    response = as_alice.post(url(job))
    assert response.status_code == 200
    document = response.json()
    assert (document["job_id"], document["status"], document["completed_at"]) == (job.job_id, "pending", None)
    assert (document["processed_pages"], document["pages_failed"], document["error"]) == (0, 0, None)


def test_it_leads_to_a_result(make_job: MakeJob, as_alice: APIClient, work: Work) -> None:
    job = make_job(status="cancelled", pages_done=2)
    as_alice.post(url(job))
    work()
    assert body(as_alice.get(f"/api/jobs/{job.job_id}/result")).count(b"# Page") == 3


@pytest.mark.parametrize("status", ["pending", "processing", "completed"])
def test_it_refuses_a_job_that_runs_or_has_succeeded(make_job: MakeJob, as_alice: APIClient, status: str) -> None:
    job = make_job(status=status)
    assert status in assert_problem(as_alice.post(url(job)), 409, "wrong_state")["detail"]
    assert Job.objects.get(pk=job.pk).status == status


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(status="failed", total_pages=50)
    with django_assert_num_queries(14):
        as_alice.post(url(job))


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    job = make_job(status="failed")
    assert_problem(as_charlie.post(url(job)), 404, "job_not_found")
    assert Job.objects.get(pk=job.pk).status == "failed"


def test_it_is_not_done_by_a_link(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="failed")
    assert_problem(as_alice.get(url(job)), 405, "method_not_allowed")
    assert Job.objects.get(pk=job.pk).status == "failed"
