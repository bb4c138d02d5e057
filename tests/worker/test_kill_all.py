"""Every process of the server is killed at once, again and again, in the middle of a job."""

import random

from tests.pdfs import pages
from tests.worker.conftest import Serve

PAGES = 40
KILLS = 4


def test_it_goes_on_from_the_saved_pages(serve: Serve) -> None:
    server = serve()
    pdf = pages(PAGES)
    undisturbed = server.upload(pdf, engine="fake", prompt="slow:0.05")
    server.wait_until_finished(undisturbed)
    job_id = server.upload(pdf, engine="fake", prompt="slow:0.2")
    done = 0
    for _ in range(KILLS):
        done = min(done + random.randint(1, 6), PAGES - 1)
        server.wait_for_pages(job_id, done)
        server.kill_all()
        server.start()
        done = server.job(job_id)["processed_pages"]
    job = server.wait_until_finished(job_id)
    assert (job["status"], job["pages_failed"]) == ("completed", 0)
    assert server.result(job_id) == server.result(undisturbed)
    # Each kill costs at most the one page that each worker was on.
    assert sum(page["attempts"] for page in server.pages(job_id)) <= PAGES + KILLS * server.workers
