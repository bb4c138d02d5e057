"""DELETE /api/jobs/{job_id}"""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs.models import Job
from jobs.pipeline import claims
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob, StoredFiles


@pytest.mark.parametrize("status", ["pending", "processing", "completed", "failed", "cancelled"])
def test_it_removes_the_job_and_its_files(
    make_job: MakeJob, as_alice: APIClient, stored_files: StoredFiles, status: str
) -> None:
    job = make_job(status=status)
    claims.claim_next()
    response = as_alice.delete(f"/api/jobs/{job.job_id}")
    assert (response.status_code, response.json()) == (200, {"deleted": True})
    assert not Job.objects.exists()
    assert stored_files() == []
    assert_problem(as_alice.get(f"/api/jobs/{job.job_id}"), 404, "job_not_found")


def test_it_leaves_the_other_jobs_alone(make_job: MakeJob, as_alice: APIClient, stored_files: StoredFiles) -> None:
    job, other = make_job(), make_job()
    as_alice.delete(f"/api/jobs/{job.job_id}")
    assert Job.objects.get() == other
    assert stored_files() == [f"jobs/{other.job_id}/input.pdf"]


def test_it_says_that_a_deleted_job_is_not_there(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job()
    as_alice.delete(f"/api/jobs/{job.job_id}")
    assert_problem(as_alice.delete(f"/api/jobs/{job.job_id}"), 404, "job_not_found")


def test_it_does_not_delete_all_jobs_at_once(make_job: MakeJob, as_alice: APIClient) -> None:
    make_job()
    assert_problem(as_alice.delete("/api/jobs"), 405, "method_not_allowed")
    assert Job.objects.count() == 1


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(status="completed", total_pages=50)
    with django_assert_num_queries(16):
        as_alice.delete(f"/api/jobs/{job.job_id}")


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient, stored_files: StoredFiles) -> None:
    job = make_job()
    assert_problem(as_charlie.delete(f"/api/jobs/{job.job_id}"), 404, "job_not_found")
    assert Job.objects.get() == job
    assert stored_files() == [f"jobs/{job.job_id}/input.pdf"]
