"""A disk that is filled to the brim: a small file system of its own."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pdfs import pages
from tests.server import running as serving
from tests.server import wait_for
from tests.worker.test_large_upload import MB, heavy_pdf

SIZE_MB = 60


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 60 MB. Only the administrator may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount; tests/unit/test_full_disk.py tries it with a storage instead")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path, leave: int = 0) -> Path:
    """A file that leaves so many bytes free."""
    ballast = place / "ballast"
    with ballast.open("wb") as file:
        space = os.statvfs(place)
        left = space.f_bavail * space.f_frsize - leave
        try:
            while left > 0:
                left -= file.write(b"x" * min(left, MB))
            file.flush()
        except OSError:
            pass
    return ballast


def test_it_waits_for_room_in_mid_job(small_disk: Path) -> None:
    with serving(small_disk / "data", PDFJOBS_MIN_FREE_DISK_MB="10") as server:
        undisturbed = server.upload(pages(20), engine="fake")
        server.wait_until_finished(undisturbed)
        job_id = server.upload(pages(20), engine="fake", prompt="slow:0.3")
        server.wait_for_pages(job_id, 3)
        ballast = fill(small_disk)
        wait_for(lambda: server.get(f"/api/jobs/{job_id}/status").json()["waiting"], 20, server.output)
        refused = server.post("/api/upload", files={"file": ("more.pdf", pages(1))})
        assert (refused.status_code, refused.json()["code"]) == (507, "disk_full")
        ballast.unlink()
        job = server.wait_until_finished(job_id, timeout_s=90)
        assert (job["status"], job["pages_failed"]) == ("completed", 0)
        assert server.result(job_id) == server.result(undisturbed)


def test_it_refuses_an_upload_that_fills_the_disk(small_disk: Path, tmp_path: Path) -> None:
    heavy_pdf(tmp_path / "heavy.pdf", 40 * MB)
    with serving(small_disk / "data", PDFJOBS_MIN_FREE_DISK_MB="10") as server:
        with (tmp_path / "heavy.pdf").open("rb") as file:
            refused = server.post("/api/upload", files={"file": ("heavy.pdf", file)})
        assert (refused.status_code, refused.json()["code"]) == (507, "disk_full")
        assert list((small_disk / "data" / "media" / "incoming").iterdir()) == []
        assert server.get("/api/jobs").json()["count"] == 0
        job = server.wait_until_finished(server.upload(pages(1), engine="fake"))
        assert job["status"] == "completed"
