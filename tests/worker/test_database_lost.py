"""The database is lost; every finished job comes back with its result."""

import os

import pytest

from tests.pdfs import pages
from tests.server import wait_for
from tests.worker.conftest import Serve


@pytest.mark.without("postgres", "s3")
def test_it_restores_every_finished_job(serve: Serve) -> None:
    server = serve()
    jobs = [server.upload(pages(count), engine="fake", prompt="fail:2") for count in (1, 3, 5)]
    for job_id in jobs:
        server.wait_until_finished(job_id)
    before = {job_id: (server.job(job_id), server.result(job_id), server.pages(job_id)) for job_id in jobs}
    server.stop()
    for file in server.folder.glob("db.sqlite3*"):
        file.unlink()
    for file in (server.folder / "media" / "jobs").rglob("*"):
        os.utime(file, (0, 0))  # of old: what belongs to no job is swept up
    server.start()
    # The sweep at the start has to be through: it must not take what can be restored.
    wait_for(lambda: server.command("recover_jobs").returncode == 0, 30, server.output)
    assert server.get("/api/jobs").json()["count"] == 0
    assert server.command("restore_jobs").returncode == 0
    for job_id, (document, result, rows) in before.items():
        assert {**server.job(job_id), "last_accessed_at": None} == {**document, "last_accessed_at": None}
        assert server.result(job_id) == result
        assert server.pages(job_id) == rows
