"""Jobs share the workers."""

from tests.pdfs import pages
from tests.processes import wait_for
from tests.worker.conftest import Serve


def test_it_does_not_let_a_small_job_wait_for_a_large_one(serve: Serve) -> None:
    server = serve()
    large = server.upload(pages(100), engine="fake", prompt="slow:0.2")
    server.wait_for_pages(large, 4)
    small = server.wait_until_finished(server.upload(pages(1), engine="fake", prompt="slow:0.2"))
    assert small["status"] == "completed"
    # Had it waited its turn behind the large one, all 100 would be through.
    assert server.job(large)["processed_pages"] < 60


def test_it_uses_all_workers_for_one_job(serve: Serve) -> None:
    server = serve(workers=2)
    job_id = server.upload(pages(6), engine="fake", prompt="slow:2")
    # Pages as slow as that are claimed one by one.
    wait_for(lambda: [page["status"] for page in server.pages(job_id)].count("processing") == 2, 30, server.output)
