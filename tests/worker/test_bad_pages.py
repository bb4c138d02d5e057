"""One bad page costs that page."""

import pytest

from tests.pdfs import pages
from tests.worker.conftest import Serve

LIMITS = {"PDFJOBS_PAGE_TIMEOUT_S": "2", "PDFJOBS_PAGE_MEMORY_MB": "700"}


@pytest.mark.parametrize(
    ("prompt", "code"),
    [("crash:3", "crashed"), ("hang:3", "timeout"), ("eat:3", "memory"), ("fail:3", "engine")],
)
def test_it_fails_that_page_alone(serve: Serve, prompt: str, code: str) -> None:
    server = serve(**LIMITS)
    job_id = server.upload(pages(6), engine="fake", prompt=prompt)
    job = server.wait_until_finished(job_id)
    assert (job["status"], job["failed_pages"]) == ("completed", [3])
    bad = server.pages(job_id)[2]
    assert (bad["status"], bad["error_code"], bad["attempts"]) == ("failed", code, 2)
    assert "Page 3 could not be converted" in server.result(job_id)
