"""GET /api/jobs/{job_id}/pages/{n}?format=html|json and /images/{name}"""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs import services, storage
from jobs.models import Job
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob
from tests.engines.fake import text_of
from tests.pictures import store_picture

NAME = "page-00001-01.png"


def url(job: Job, number: int, form: str) -> str:
    return f"/api/jobs/{job.job_id}/pages/{number}?format={form}"


def picture_url(job: Job, name: str = NAME) -> str:
    return f"/api/jobs/{job.job_id}/images/{name}"


def test_it_gives_a_page_as_a_harmless_fragment(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="processing", pages_done=2)
    job.pages.filter(number=2).update(markdown=f"# A\n\n<script>alert(1)</script>\n\n![b](images/{NAME})")
    response = as_alice.get(url(job, 2, "html"))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content.decode() == f'<h1>A</h1>\n\n<p><img src="{picture_url(job)}" alt="b"></p>\n'


def test_it_gives_a_page_as_the_result_has_it(make_job: MakeJob, as_alice: APIClient) -> None:
    response = as_alice.get(url(make_job(status="completed"), 2, "json"))
    assert response["Content-Type"] == "application/json"
    page = response.json()
    assert (page["number"], page["status"], page["markdown"], page["blocks"]) == (2, "done", text_of(2), [])


def test_it_gives_a_page_as_markdown(make_job: MakeJob, as_alice: APIClient) -> None:
    assert as_alice.get(url(make_job(status="completed"), 2, "md")).content.decode() == text_of(2)


@pytest.mark.parametrize("form", ["", "zip", "HTML", "x" * 1000])
def test_it_names_the_formats_that_there_are(make_job: MakeJob, as_alice: APIClient, form: str) -> None:
    document = assert_problem(as_alice.get(url(make_job(status="completed"), 2, form)), 400, "bad_option")
    assert "md, html, json" in document["detail"]


def test_it_gives_a_stored_picture(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="processing", pages_done=1)
    store_picture(job, NAME, b"\x89PNG...")
    response = as_alice.get(picture_url(job))
    assert (response.status_code, response.content) == (200, b"\x89PNG...")
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"].startswith("private")


def test_it_gives_no_picture_that_is_not_there(make_job: MakeJob, as_alice: APIClient) -> None:
    job, other = make_job(status="completed"), make_job(status="completed")
    store_picture(other, NAME, b"\x89PNG...")
    assert_problem(as_alice.get(picture_url(job)), 404, "picture_not_found")
    assert_problem(as_alice.get(picture_url(job, "result.md")), 404, "picture_not_found")
    storage.discard(storage.picture_path(other.job_id, NAME))
    assert_problem(as_alice.get(picture_url(other)), 404, "picture_not_found")


@pytest.mark.parametrize("name", ["..", ".hidden", "../input.pdf", "%2e%2e%2finput.pdf", "a b", "x" * 41])
def test_it_has_no_address_for_other_files(make_job: MakeJob, as_alice: APIClient, name: str) -> None:
    assert_problem(as_alice.get(picture_url(make_job(status="completed"), name)), 404, "not_found")


def test_it_says_that_a_job_was_purged(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    store_picture(job, NAME, b"\x89PNG...")
    services.purge(services.Rules(jobs=0))
    for address in (picture_url(job), url(job, 1, "html"), url(job, 1, "json")):
        assert_problem(as_alice.get(address), 410, "result_purged")


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(status="processing", pages_done=2)
    store_picture(job, NAME, b"\x89PNG...")
    for address in (picture_url(job), url(job, 1, "html"), url(job, 1, "json")):
        with django_assert_num_queries(2):
            assert as_alice.get(address).status_code == 200


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    job = make_job(status="completed")
    store_picture(job, NAME, b"\x89PNG...")
    for address in (picture_url(job), url(job, 1, "html"), url(job, 1, "json")):
        assert_problem(as_charlie.get(address), 404, "job_not_found")
