"""GET /api/jobs/{job_id}/result"""

import asyncio

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs.downloads import download
from jobs.models import Job
from tests.api.conftest import assert_problem, body
from tests.conftest import MakeJob, Work


def url(job: Job) -> str:
    return f"/api/jobs/{job.job_id}/result"


def test_it_gives_the_markdown_as_a_download(make_job: MakeJob, as_alice: APIClient) -> None:
    response = as_alice.get(url(make_job(status="completed", filename="My Report.pdf")))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="My Report.md"'
    assert response["Content-Length"] == "9"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert body(response) == b"# Result\n"


def test_it_gives_what_the_workers_have_made(make_job: MakeJob, as_alice: APIClient, work: Work) -> None:
    job = make_job()
    work()
    content = body(as_alice.get(url(job)))
    assert content == "".join(f"{page.markdown}\n\n" for page in job.pages.order_by("number")).encode()


def test_it_knows_its_format_by_name(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    assert body(as_alice.get(f"{url(job)}?format=md")) == b"# Result\n"
    for wrong in ("pdf", "", "MD"):
        assert_problem(as_alice.get(f"{url(job)}?format={wrong}"), 400, "bad_option")


@pytest.mark.parametrize(
    ("filename", "saved"),
    [
        ("a.pdf", 'attachment; filename="a.md"'),
        ('say "x".pdf', r'attachment; filename="say \"x\".md"'),
        ("отчёт.pdf", "attachment; filename*=utf-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.md"),
        ("noext", 'attachment; filename="noext.md"'),
        ("a.tar.gz", 'attachment; filename="a.tar.md"'),
    ],
)
def test_it_is_saved_under_the_name_of_the_upload(
    make_job: MakeJob, as_alice: APIClient, filename: str, saved: str
) -> None:
    response = as_alice.get(url(make_job(status="completed", filename=filename)))
    assert response["Content-Disposition"] == saved
    body(response)


@pytest.mark.parametrize("changes", [{"status": "pending"}, {"status": "processing", "pages_done": 2}], ids=str)
def test_it_says_when_to_ask_again(make_job: MakeJob, as_alice: APIClient, changes: dict[str, object]) -> None:
    response = as_alice.get(url(make_job(**changes)))
    detail = assert_problem(response, 404, "result_not_ready")["detail"]
    assert f"{changes.get('pages_done', 0)} of 3 pages" in detail
    assert int(response["Retry-After"]) >= 1


@pytest.mark.parametrize(("status", "says"), [("failed", "None of its pages"), ("cancelled", "cancelled")])
def test_it_says_why_there_is_none(make_job: MakeJob, as_alice: APIClient, status: str, says: str) -> None:
    response = as_alice.get(url(make_job(status=status)))
    assert says in assert_problem(response, 404, "no_result")["detail"]
    assert "Retry-After" not in response


def test_it_notes_that_somebody_fetched_it(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    body(as_alice.get(url(job)))
    job.refresh_from_db()
    assert job.last_accessed_at is not None


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    job = make_job(status="completed", last_accessed_at=timezone.now())
    with django_assert_num_queries(5):
        body(as_alice.get(url(job)))


def test_it_comes_piece_by_piece_from_an_async_server(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    content = b"0123456789" * 50_000
    job.result.save("large.md", ContentFile(content), save=False)
    response = download(job, job.result, "large.md", "text/markdown")

    async def pieces() -> list[bytes]:
        return [piece async for piece in response]

    found = asyncio.run(pieces())
    response.file_to_stream.close()  # type: ignore[union-attr]
    assert b"".join(found) == content
    assert max(map(len, found)) < len(content)


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    assert_problem(as_charlie.get(url(make_job(status="completed"))), 404, "job_not_found")
