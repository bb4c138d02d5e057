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


def test_it_tries_the_failed_pages_of_a_completed_job_again(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed", total_pages=5, pages_failed=2)
    document = as_alice.post(url(job)).json()
    assert (document["status"], document["processed_pages"], document["pages_failed"]) == ("pending", 3, 0)
    assert (document["failed_pages"], document["completed_at"]) == ([], None)
    states = [page["status"] for page in as_alice.get(f"/api/jobs/{job.job_id}/pages").json()["pages"]]
    assert states == ["done"] * 3 + ["pending"] * 2


@pytest.mark.parametrize("form", ["md", "html", "text", "json", "zip"])
def test_it_leaves_the_earlier_result_until_there_is_another(
    make_job: MakeJob, as_alice: APIClient, work: Work, form: str
) -> None:
    job = make_job(prompt="fail:2")
    work()
    assert Job.objects.get().pages_failed == 1
    before = body(as_alice.get(f"/api/jobs/{job.job_id}/result?format={form}"))
    Job.objects.update(prompt="")
    as_alice.post(url(job))
    meanwhile = body(as_alice.get(f"/api/jobs/{job.job_id}/result?format={form}"))
    assert meanwhile == before or form in {"text", "json", "zip"}
    assert form != "text" or b"[Page 2 is not converted yet.]" in meanwhile
    work()
    after = body(as_alice.get(f"/api/jobs/{job.job_id}/result?format={form}"))
    assert form == "zip" or b"Text of page 2" in after
    assert as_alice.get(f"/api/jobs/{job.job_id}").json()["pages_failed"] == 0


def test_it_leaves_the_earlier_result_where_it_is_cancelled(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed", total_pages=3, pages_failed=1)
    as_alice.post(url(job))
    as_alice.post(f"/api/jobs/{job.job_id}/cancel")
    assert body(as_alice.get(f"/api/jobs/{job.job_id}/result")) == b"# Result\n"
    assert as_alice.post(url(job)).json()["status"] == "pending"


@pytest.mark.parametrize("status", ["pending", "processing", "completed"])
def test_it_refuses_a_job_that_runs_or_has_succeeded(make_job: MakeJob, as_alice: APIClient, status: str) -> None:
    job = make_job(status=status)
    assert status in assert_problem(as_alice.post(url(job)), 409, "wrong_state")["detail"]
    assert Job.objects.get(pk=job.pk).status == status


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(status="failed", total_pages=50)
    with django_assert_num_queries(16):
        as_alice.post(url(job))


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    job = make_job(status="failed")
    assert_problem(as_charlie.post(url(job)), 404, "job_not_found")
    assert Job.objects.get(pk=job.pk).status == "failed"


def test_it_is_not_done_by_a_link(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="failed")
    assert_problem(as_alice.get(url(job)), 405, "method_not_allowed")
    assert Job.objects.get(pk=job.pk).status == "failed"
