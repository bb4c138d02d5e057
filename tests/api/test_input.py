"""GET /api/jobs/{job_id}/input"""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs.models import Job
from tests import pdfs
from tests.api.conftest import Send, assert_problem, body
from tests.conftest import MakeJob


def url(job: Job) -> str:
    return f"/api/jobs/{job.job_id}/input"


@pytest.mark.parametrize("status", ["pending", "processing", "completed", "failed", "cancelled"])
def test_it_gives_the_upload_back_in_every_state(make_job: MakeJob, as_alice: APIClient, status: str) -> None:
    response = as_alice.get(url(make_job(status=status, pdf=pdfs.table())))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Length"] == str(len(pdfs.table()))
    assert body(response) == pdfs.table()


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("My Report.pdf", 'attachment; filename="My Report.pdf"'),
        ('x"; filename="evil.exe', r'attachment; filename="x\"; filename=\"evil.exe"'),
        ("<img src=x onerror=alert(1)>.pdf", 'attachment; filename="<img src=x onerror=alert(1)>.pdf"'),
        ("😀.pdf", "attachment; filename*=utf-8''%F0%9F%98%80.pdf"),
    ],
)
def test_it_is_saved_under_its_old_name_and_never_shown(send: Send, as_alice: APIClient, name: str, saved: str) -> None:
    job_id = send(pdfs.pages(1), name).json()["job_id"]
    response = as_alice.get(f"/api/jobs/{job_id}/input")
    assert response["Content-Disposition"] == saved
    body(response)


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job()
    with django_assert_num_queries(5):
        body(as_alice.get(url(job)))


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    assert_problem(as_charlie.get(url(make_job())), 404, "job_not_found")


def test_it_is_not_changed(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job()
    for method in (as_alice.put, as_alice.post, as_alice.delete):
        assert_problem(method(url(job)), 405, "method_not_allowed")
