"""GET /api/jobs/{job_id}/pages and /pages/{n}"""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs.models import Job
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob
from tests.engines.fake import text_of


def url(job: Job, number: int | str = "") -> str:
    return f"/api/jobs/{job.job_id}/pages" + (f"/{number}" if number != "" else "")


def test_it_lists_the_pages_with_what_became_of_them(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(numbers=[2, 5, 9], status="processing", pages_done=2, pages_failed=1)
    response = as_alice.get(url(job))
    assert response.status_code == 200
    done, failed, waiting = response.json()["pages"]
    assert set(done) == {
        "number",
        "label",
        "status",
        "source",
        "seconds",
        "attempts",
        "error",
        "error_code",
        "warnings",
        "converted_at",
    }
    assert (done["number"], done["status"], done["attempts"], done["error"]) == (2, "done", 1, None)
    assert (failed["number"], failed["status"], failed["error_code"]) == (5, "failed", "engine")
    assert failed["error"] == "The converter stopped on it."
    assert (waiting["number"], waiting["status"], waiting["converted_at"]) == (9, "pending", None)


@pytest.mark.parametrize("status", ["processing", "cancelled", "completed"])
def test_it_gives_a_page_as_soon_as_it_is_made(make_job: MakeJob, as_alice: APIClient, status: str) -> None:
    job = make_job(status=status, pages_done=3 if status == "completed" else 2)
    response = as_alice.get(url(job, 2))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content.decode() == text_of(2)


def test_it_counts_pages_as_the_pdf_does(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(numbers=[4, 7], status="completed")
    assert as_alice.get(url(job, 7)).content.decode() == text_of(7)
    assert_problem(as_alice.get(url(job, 1)), 404, "page_not_found")


def test_it_says_that_a_page_is_not_made_yet(make_job: MakeJob, as_alice: APIClient) -> None:
    response = as_alice.get(url(make_job(), 1))
    assert_problem(response, 404, "page_not_ready")
    assert int(response["Retry-After"]) >= 1


def test_it_does_not_promise_a_page_of_a_cancelled_job(make_job: MakeJob, as_alice: APIClient) -> None:
    response = as_alice.get(url(make_job(status="cancelled"), 1))
    assert_problem(response, 404, "page_not_made")
    assert "Retry-After" not in response


def test_it_says_why_a_page_failed(make_job: MakeJob, as_alice: APIClient) -> None:
    response = as_alice.get(url(make_job(status="completed", pages_failed=1), 3))
    assert assert_problem(response, 404, "page_failed")["detail"] == "The converter stopped on it."
    assert "Retry-After" not in response


@pytest.mark.parametrize("number", ["0", "4", "999999999"])
def test_it_has_no_page_beyond_the_document(make_job: MakeJob, as_alice: APIClient, number: str) -> None:
    assert_problem(as_alice.get(url(make_job(status="completed"), number)), 404, "page_not_found")


@pytest.mark.parametrize("number", ["-1", "x", "1.5", "1" * 10, "1/image/2"])
def test_it_has_no_address_for_what_is_no_number(make_job: MakeJob, as_alice: APIClient, number: str) -> None:
    assert_problem(as_alice.get(url(make_job(status="completed"), number)), 404, "not_found")


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(status="processing", total_pages=30, pages_done=20)
    with django_assert_num_queries(2):
        assert len(as_alice.get(url(job)).json()["pages"]) == 30
    with django_assert_num_queries(2):
        as_alice.get(url(job, 3))


@pytest.mark.parametrize("number", ["", 1])
def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient, number: int | str) -> None:
    assert_problem(as_charlie.get(url(make_job(status="completed"), number)), 404, "job_not_found")
