"""POST /api/jobs/{job_id}/cancel"""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs.models import Job
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob, Work


def url(job: Job) -> str:
    return f"/api/jobs/{job.job_id}/cancel"


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_it_cancels_and_answers_with_the_job(make_job: MakeJob, as_alice: APIClient, status: str) -> None:
    job = make_job(status=status)
    response = as_alice.post(url(job))
    assert response.status_code == 200
    assert (response.json()["job_id"], response.json()["status"]) == (job.job_id, "cancelled")
    assert response.json() == as_alice.get(f"/api/jobs/{job.job_id}").json()


def test_it_stops_the_work(make_job: MakeJob, as_alice: APIClient, work: Work) -> None:
    job = make_job()
    as_alice.post(url(job))
    work()
    job.refresh_from_db()
    assert (job.status, job.pages_done) == ("cancelled", 0)


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_it_refuses_a_finished_job(make_job: MakeJob, as_alice: APIClient, status: str) -> None:
    job = make_job(status=status)
    assert status in assert_problem(as_alice.post(url(job)), 409, "wrong_state")["detail"]
    assert Job.objects.get(pk=job.pk).status == status


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(total_pages=50)
    with django_assert_num_queries(15):
        as_alice.post(url(job))


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    job = make_job()
    assert_problem(as_charlie.post(url(job)), 404, "job_not_found")
    assert Job.objects.get(pk=job.pk).status == "pending"


def test_it_is_not_done_by_a_link(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job()
    assert_problem(as_alice.get(url(job)), 405, "method_not_allowed")
    assert Job.objects.get(pk=job.pk).status == "pending"
