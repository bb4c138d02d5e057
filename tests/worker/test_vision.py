"""Real servers with a model that truly reads: how much is asked at once, what a kill costs, who has to wait."""

from collections.abc import Iterator

import pytest

from tests.pdfs import pages, small
from tests.server import wait_for
from tests.vision_server import VisionServer, vision_server
from tests.worker.conftest import Serve

CONCURRENCY = 3


@pytest.fixture
def model() -> Iterator[VisionServer]:
    with vision_server() as server:
        yield server


def settings(model: VisionServer, **changes: str) -> dict[str, str]:
    return {
        **model.environment,
        "PDFJOBS_VISION_API_KEY": "sk-very-secret",
        "PDFJOBS_VISION_CONCURRENCY": str(CONCURRENCY),
        "PDFJOBS_VISION_TIMEOUT_S": "30",
        **changes,
    }


def text(*numbers: int) -> str:
    return "".join(f"Page {number}\n\n" for number in numbers)


def test_it_reads_documents_through_the_model(serve: Serve, model: VisionServer) -> None:
    """With trouble that passes: nobody sees it in the result."""
    server = serve(**settings(model))
    prompt = "Read it. busy:2 error:3 break:4"
    job_id = server.upload(small(6), prompt=prompt)
    job = server.wait_until_finished(job_id)
    assert (job["status"], job["engine"], job["engine_version"]) == ("completed", "vision", "reader-1")
    assert (job["pages_failed"], job["warnings"]) == (0, [])
    assert server.result(job_id) == text(1, 2, 3, 4, 5, 6)
    assert (job["prompt_tokens"], job["completion_tokens"]) == (600, 12)
    assert set(model.prompts()) == {prompt}
    assert set(model.keys) == {"sk-very-secret"}
    assert "secret" not in server.output()


def test_it_keeps_to_its_concurrency_over_all_workers_and_jobs(serve: Serve, model: VisionServer) -> None:
    server = serve(workers=3, **settings(model))
    jobs = [server.upload(small(8), engine="vision", prompt=f"meet:{CONCURRENCY} slow:0.1") for _ in range(3)]
    for job_id in jobs:
        assert server.wait_until_finished(job_id)["status"] == "completed"
    assert model.most_at_once == CONCURRENCY


def test_it_fails_the_pages_that_take_too_long(serve: Serve, model: VisionServer) -> None:
    server = serve(**settings(model, PDFJOBS_VISION_TIMEOUT_S="4"))
    job_id = server.upload(small(5), engine="vision", prompt="Read it. hang:2")
    job = server.wait_until_finished(job_id)
    assert (job["status"], job["failed_pages"]) == ("completed", [2])
    assert server.pages(job_id)[1]["error_code"] == "timeout"


def test_it_stops_within_a_page_when_it_is_cancelled(serve: Serve, model: VisionServer) -> None:
    server = serve(**settings(model))
    job_id = server.upload(small(20), engine="vision", prompt="Read it. hang:*")
    wait_for(lambda: model.at_once == CONCURRENCY, 30, server.output)
    server.post(f"/api/jobs/{job_id}/cancel")
    wait_for(lambda: model.at_once == 0, 10, server.output)
    assert len(model.bodies) == CONCURRENCY
    # Its driver has room again.
    other = server.upload(small(1), engine="vision", prompt="Read it.")
    assert server.wait_until_finished(other)["status"] == "completed"


@pytest.mark.parametrize("workers", [1, 2])
def test_it_does_not_let_others_wait(serve: Serve, model: VisionServer, workers: int) -> None:
    server = serve(workers=workers, **settings(model))
    large = server.upload(small(100), engine="vision", prompt="slow:0.5")
    server.wait_for_pages(large, 3)
    assert server.wait_until_finished(server.upload(pages(1), engine="fast"))["status"] == "completed"
    assert server.job(large)["processed_pages"] < 90


def test_it_goes_on_after_everything_was_killed(serve: Serve, model: VisionServer) -> None:
    server = serve(**settings(model))
    job_id = server.upload(small(20), engine="vision", prompt="slow:0.4")
    for done in (4, 11):
        server.wait_for_pages(job_id, done)
        server.kill_all()
        server.start()
    job = server.wait_until_finished(job_id)
    assert (job["status"], job["pages_failed"]) == ("completed", 0)
    assert server.result(job_id) == text(*range(1, 21))
    # A kill costs at most what was in flight.
    assert sum(page["attempts"] for page in server.pages(job_id)) <= 20 + 2 * CONCURRENCY
    assert len(model.bodies) <= 20 + 2 * CONCURRENCY


def test_it_gives_its_pages_back_when_it_is_stopped(serve: Serve, model: VisionServer) -> None:
    server = serve(**settings(model))
    job_id = server.upload(small(10), engine="vision", prompt="hang:3,4")
    server.wait_for_pages(job_id, 2)
    server.stop()
    wait_for(lambda: model.at_once == 0, 10, server.output)
    server.start()
    assert max(page["attempts"] for page in server.pages(job_id)) == 1
