"""GET /api/jobs/{job_id}/pages/{n}/image"""

import pymupdf
import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs import services, storage
from jobs.models import Job
from tests import pdfs
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob


def url(job: Job, number: int = 1, query: str = "") -> str:
    return f"/api/jobs/{job.job_id}/pages/{number}/image{query}"


@pytest.mark.parametrize("status", ["pending", "processing", "completed", "failed", "cancelled"])
def test_it_shows_a_page_in_every_state(make_job: MakeJob, as_alice: APIClient, status: str) -> None:
    response = as_alice.get(url(make_job(status=status), 2, "?width=300"))
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    picture = pymupdf.Pixmap(response.content)
    assert (picture.width, picture.height) == (300, 425)


def test_it_shows_another_page_for_another_number(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job()
    assert as_alice.get(url(job, 1)).content != as_alice.get(url(job, 2)).content


def test_it_shows_a_scan_as_a_photo(make_job: MakeJob, as_alice: APIClient) -> None:
    response = as_alice.get(url(make_job(pdf=pdfs.scanned(), total_pages=1)))
    assert response["Content-Type"] == "image/jpeg"
    assert pymupdf.Pixmap(response.content).width == 800


def test_it_shows_a_very_long_page_smaller(make_job: MakeJob, as_alice: APIClient) -> None:
    with pymupdf.open() as pdf:
        pdf.new_page(width=72, height=14_400)
        content = pdf.tobytes()
    response = as_alice.get(url(make_job(pdf=content, total_pages=1), 1, "?width=2400"))
    picture = pymupdf.Pixmap(response.content)
    assert picture.width * picture.height < 13_000_000


@pytest.mark.parametrize("width", ["", "0", "15", "2401", "-800", "1e3", "800px", "9" * 20, "٨٠٠"])
def test_it_refuses_other_widths(make_job: MakeJob, as_alice: APIClient, width: str) -> None:
    detail = assert_problem(as_alice.get(url(make_job(), 1, f"?width={width}")), 400, "bad_option")["detail"]
    assert "16" in detail
    assert "2400" in detail


def test_it_opens_a_locked_pdf_while_it_has_the_password(make_job: MakeJob, as_alice: APIClient) -> None:
    locked = pdfs.encrypted("secret")
    working = make_job(status="processing", pdf=locked, total_pages=1, password="secret")
    assert as_alice.get(url(working)).status_code == 200
    finished = make_job(status="completed", pdf=locked, total_pages=1)
    assert "password was forgotten" in assert_problem(as_alice.get(url(finished)), 422, "locked")["detail"]


def test_it_says_that_a_page_can_not_be_shown(make_job: MakeJob, as_alice: APIClient) -> None:
    assert_problem(as_alice.get(url(make_job(pdf=pdfs.broken()))), 422, "page_not_drawn")
    beyond = make_job(pdf=pdfs.pages(1), numbers=[7])
    assert_problem(as_alice.get(url(beyond, 7)), 422, "page_not_drawn")


def test_it_has_no_page_beyond_the_job(make_job: MakeJob, as_alice: APIClient) -> None:
    assert_problem(as_alice.get(url(make_job(), 4)), 404, "page_not_found")


def test_it_need_not_be_fetched_twice(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job()
    response = as_alice.get(url(job))
    assert response["Cache-Control"].startswith("private")
    again = as_alice.get(url(job), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert as_alice.get(url(job, 1, "?width=100"), headers={"If-None-Match": response["ETag"]}).status_code == 200
    assert as_alice.get(url(job, 2), headers={"If-None-Match": response["ETag"]}).status_code == 200


def test_it_says_that_the_files_are_gone(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    storage.discard(job.input.name)
    assert_problem(as_alice.get(url(job)), 410, "files_lost")
    services.purge(services.Rules(jobs=0))
    assert_problem(as_alice.get(url(job)), 410, "result_purged")


def test_it_counts_as_use(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    as_alice.get(url(job))
    job.refresh_from_db()
    assert job.last_accessed_at is not None


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job()
    with django_assert_num_queries(2):
        as_alice.get(url(job))


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    assert_problem(as_charlie.get(url(make_job())), 404, "job_not_found")
