"""SIGTERM, cancel and delete in the middle of a page."""

import signal
import subprocess

import psutil
import pytest

from tests.pdfs import pages
from tests.server import Server, wait_for, with_pid
from tests.worker.conftest import Serve

ENDLESS = {"engine": "fake", "prompt": "slow:45"}


def begun(server: Server, job_id: str) -> None:
    wait_for(lambda: any(page["status"] == "processing" for page in server.pages(job_id)), 30, server.output)


def test_it_stops_within_ten_seconds_and_gives_the_page_back(serve: Serve) -> None:
    server = serve()
    job_id = server.upload(pages(2), **ENDLESS)
    begun(server, job_id)
    family = server.processes()
    assert server.stop() < 10  # what is promised to an operator, not a measure of speed
    assert [process for process in family if process.is_running()] == []
    server.start()
    assert [page["attempts"] for page in server.pages(job_id)] in ([0, 0], [1, 0], [1, 1])


def test_it_stops_on_ctrl_c(serve: Serve) -> None:
    server = serve()
    with_pid(server.pid, signal.SIGINT)
    psutil.wait_procs([psutil.Process(server.pid)], timeout=15)
    wait_for(lambda: "Stopped." in server.output(), 10, server.output)


def test_it_cancels_in_the_middle_of_a_page(serve: Serve) -> None:
    server = serve(workers=1)
    job_id = server.upload(pages(2), **ENDLESS)
    begun(server, job_id)
    assert server.post(f"/api/jobs/{job_id}/cancel").json()["status"] == "cancelled"
    # The only worker is free at once for somebody else.
    other = server.upload(pages(1), engine="fake")
    assert server.wait_until_finished(other, timeout_s=20)["status"] == "completed"
    assert server.job(job_id)["status"] == "cancelled"


@pytest.mark.without("s3")
def test_it_deletes_a_running_job_with_its_files(serve: Serve) -> None:
    server = serve(workers=1)
    job_id = server.upload(pages(2), **ENDLESS)
    begun(server, job_id)
    answer = server.request("DELETE", f"/api/jobs/{job_id}")
    assert answer.json() == {"deleted": True}
    other = server.upload(pages(1), engine="fake")
    assert server.wait_until_finished(other, timeout_s=20)["status"] == "completed"
    assert server.get(f"/api/jobs/{job_id}").status_code == 404
    assert [folder.name for folder in (server.folder / "media" / "jobs").iterdir()] == [other]
    assert list((server.folder / "media" / "incoming").iterdir()) == []


def test_it_runs_once_on_a_data_folder(serve: Serve) -> None:
    server = serve()
    second = server.command("serve", "--port", "0")
    assert second.returncode == 1
    assert f"(process {server.pid}) already runs" in second.stderr


def test_it_says_when_the_port_is_taken(serve: Serve) -> None:
    first, second = serve(), serve()
    second.stop()
    port = first.url.rpartition(":")[2]
    answer = second.command("serve", "--port", port)
    assert answer.returncode == 1
    assert "--port" in answer.stderr


def test_it_refuses_to_be_open_to_the_world_without_login(serve: Serve) -> None:
    server = serve(PDFJOBS_REQUIRE_LOGIN="false")
    server.stop()
    answer: subprocess.CompletedProcess[str] = server.command("serve", "--host", "0.0.0.0", "--port", "0")
    assert answer.returncode == 1
    assert "no login is asked for" in answer.stderr


def test_it_refuses_every_host_name_without_login(serve: Serve) -> None:
    server = serve()
    server.stop()
    server.environment["PDFJOBS_ALLOWED_HOSTS"] = "*"
    answer: subprocess.CompletedProcess[str] = server.command("serve", "--port", "0")
    assert answer.returncode == 1
    assert "PDFJOBS_ALLOWED_HOSTS" in answer.stderr
