"""GET /api/jobs/{job_id}/search?q="""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs import services
from jobs.models import Job
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob


def url(job: Job) -> str:
    return f"/api/jobs/{job.job_id}/search"


def test_it_finds_pages(make_job: MakeJob, as_alice: APIClient) -> None:
    answer = as_alice.get(url(make_job(status="completed")), {"q": "Text of page 2"})
    assert answer.status_code == 200
    assert answer.json() == {
        "matches": 1,
        "pages_found": 1,
        "truncated": False,
        "pages": [
            {
                "number": 2,
                "matches": 1,
                "snippets": [{"before": "Page 2 ", "match": "Text of page 2", "after": "."}],
            }
        ],
    }


def test_it_searches_what_is_there_already(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="processing", pages_done=1)
    assert as_alice.get(url(job), {"q": "page"}).json()["pages_found"] == 1


@pytest.mark.parametrize("query", ["", "   ", "x" * 201, None])
def test_it_refuses_what_can_not_be_searched(make_job: MakeJob, as_alice: APIClient, query: str | None) -> None:
    asked = {} if query is None else {"q": query}
    answer = as_alice.get(url(make_job(status="completed")), asked)
    assert "200 letters" in assert_problem(answer, 400, "bad_option")["detail"]


def test_it_says_that_a_job_was_purged(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    services.purge(services.Rules(jobs=0))
    assert_problem(as_alice.get(url(job), {"q": "page"}), 410, "result_purged")


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(status="processing", total_pages=120, pages_done=120)
    with django_assert_num_queries(2):
        as_alice.get(url(job), {"q": "page"})


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    assert_problem(as_charlie.get(url(make_job(status="completed")), {"q": "page"}), 404, "job_not_found")
