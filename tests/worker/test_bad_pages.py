"""One bad page costs that page."""

import pytest

from tests.engines.fake import text_of
from tests.pdfs import pages
from tests.worker.conftest import Serve

SHORT = {"PDFJOBS_PAGE_TIMEOUT_S": "2"}
LITTLE = {"PDFJOBS_PAGE_MEMORY_MB": "700"}  # a busy machine takes its time to fill even that


@pytest.mark.parametrize(
    ("prompt", "code", "limits"),
    [("crash:3", "crashed", {}), ("hang:3", "timeout", SHORT), ("eat:3", "memory", LITTLE), ("fail:3", "engine", {})],
)
def test_it_fails_that_page_alone(serve: Serve, prompt: str, code: str, limits: dict[str, str]) -> None:
    server = serve(**limits)
    job_id = server.upload(pages(6), engine="fake", prompt=prompt)
    job = server.wait_until_finished(job_id)
    assert (job["status"], job["failed_pages"]) == ("completed", [3])
    bad = server.pages(job_id)[2]
    assert (bad["status"], bad["error_code"], bad["attempts"]) == ("failed", code, 2)
    assert "Page 3 could not be converted" in server.result(job_id)


@pytest.mark.without("s3")
def test_it_tries_a_failed_page_again_when_it_is_told_to(serve: Serve) -> None:
    server = serve()
    job_id = server.upload(pages(6), engine="fake", prompt="soon:3,5")
    job = server.wait_until_finished(job_id)
    assert (job["status"], job["failed_pages"]) == ("completed", [3, 5])
    before = server.result(job_id)
    (server.folder / "media" / "jobs" / job_id / "soon").touch()
    again = server.post(f"/api/jobs/{job_id}/retry").json()
    assert (again["processed_pages"], again["pages_failed"]) == (4, 0)
    assert server.result(job_id)  # the earlier one, or already the new one
    job = server.wait_until_finished(job_id)
    assert (job["status"], job["failed_pages"], job["processed_pages"]) == ("completed", [], 6)
    assert text_of(3) in server.result(job_id)
    assert server.result(job_id) != before
    assert [page["attempts"] for page in server.pages(job_id)] == [1] * 6
    assert server.post(f"/api/jobs/{job_id}/retry").status_code == 409
