"""A purge is killed with SIGKILL, and the next one finishes what it left."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pdfs import pages
from tests.server import ROOT, Server
from tests.worker.conftest import Serve

JOBS = 40
KILLS = 8


def purge_killed(server: Server, most: int, after_s: float) -> None:
    """`purge_jobs --max-jobs` that lives `after_s` seconds."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "purge_jobs", "--max-jobs", str(most)],
        cwd=ROOT,
        env=server.surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after_s)
    process.kill()
    process.wait()


def stored(server: Server) -> set[str]:
    rows = server.get("/api/jobs?page_size=200").json()["jobs"]
    return {row["job_id"] for row in rows if row["purged_at"] is None}


@pytest.mark.without("s3")
def test_it_leaves_no_row_without_files_and_no_folder_without_a_row(serve: Serve) -> None:
    server = serve()
    folders = Path(server.folder) / "media" / "jobs"
    for job_id in [server.upload(pages(1), engine="fake") for _ in range(JOBS)]:
        server.wait_until_finished(job_id)
    began = time.monotonic()
    assert server.command("purge_jobs", "--max-jobs", str(JOBS)).returncode == 0
    whole_run = time.monotonic() - began
    for kill in range(1, KILLS + 1):
        most = JOBS - 4 * kill
        purge_killed(server, most, random.uniform(0.5, 1.2) * whole_run)
        assert server.command("purge_jobs", "--max-jobs", str(most)).returncode == 0
        assert len(stored(server)) == most
        assert {folder.name for folder in folders.iterdir()} == stored(server)
