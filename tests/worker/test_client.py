"""The Python client and its command, against a real server."""

import ctypes
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TypeVar

import httpx
import psutil
import pytest

from jobs.client import ApiError, Client, Interrupted, Job
from tests import pdfs
from tests.engines.fake import text_of
from tests.server import ROOT, Server, running, wait_for

T = TypeVar("T")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("client") / "server") as server:
        yield server


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdfs.pages(3))
    return path


def test_it_converts(server: Server, report: Path, tmp_path: Path) -> None:
    seen: list[int] = []
    with Client(server.url) as client:
        job = client.convert(
            report, engine="fake", prompt="slow:0.3", on_progress=lambda job: seen.append(job.processed_pages)
        )
        assert (job.is_whole, job.total_pages, job.filename) == (True, 3, "report.pdf")
        assert client.page(job.job_id, 2) == text_of(2)
        assert client.markdown(job.job_id) == "".join(f"{text_of(n)}\n\n" for n in (1, 2, 3))
        client.save(job.job_id, tmp_path / "out.md")
        assert (tmp_path / "out.md").read_text() == client.markdown(job.job_id)
        assert seen == sorted(seen)
        assert seen[-1] == 3
        assert job.job_id in [each.job_id for each in client.jobs(search="report")]
        assert client.keep(job.job_id).document["keep"] is True
        client.delete(job.job_id)
        with pytest.raises(ApiError) as caught:
            client.job(job.job_id)
    assert (caught.value.status, caught.value.code) == (404, "job_not_found")
    assert caught.value.request_id


def test_it_takes_up_a_job_again_and_stops_waiting_in_time(server: Server, report: Path) -> None:
    with Client(server.url) as client:
        job_id = client.upload(report, engine="fake", prompt="slow:1.5").job_id
        with pytest.raises(TimeoutError, match=job_id):
            client.wait(job_id, timeout_s=0.5)
    with Client(server.url) as another:
        assert another.wait(job_id, timeout_s=60).is_whole


def test_it_cancels_and_retries(server: Server, report: Path) -> None:
    with Client(server.url) as client:
        job_id = client.upload(report, engine="fake", prompt="slow:30").job_id
        assert client.cancel(job_id).status == "cancelled"
        assert client.wait(job_id).is_whole is False
        assert not client.retry(job_id).is_finished
        client.delete(job_id)


def test_it_says_why_the_server_refuses(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"Dear sirs")
    with Client(server.url) as client, pytest.raises(ApiError, match=r"Only PDF files .* \(not_a_pdf\)"):
        client.upload(path)


def command(server: Server, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "jobs.client", *arguments, "--server", server.url]


def run(server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(server, *arguments), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_it_converts_a_folder_from_the_command_line(server: Server, tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.pdf").write_bytes(pdfs.pages(2))
    (folder / "deep" / "b.PDF").write_bytes(pdfs.pages(3))
    (folder / "c.pdf").write_bytes(pdfs.broken())
    (folder / "notes.txt").write_text("no PDF")
    done = run(server, "convert", str(folder), "--engine", "fake", "--prompt", "fail:3", "-o", str(out))
    assert done.returncode == 1, done.stderr
    assert (out / "a.md").read_text() == "".join(f"{text_of(n)}\n\n" for n in (1, 2))
    assert "Page 3 could not be converted" in (out / "b.md").read_text()
    assert "c.pdf: The file starts like a PDF but can't be opened." in done.stdout
    assert "pages that failed: 3" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 of 3 files converted without a fault."
    again = run(server, "convert", str(folder / "a.pdf"), "--engine", "fake", "-o", str(out))
    assert again.returncode == 1
    assert "a.md is there already; --force writes over it." in again.stdout


def interrupted(
    arguments: list[str], ready: Callable[[], T | None], aim: Callable[[int], int] = int
) -> tuple[T, "subprocess.CompletedProcess[str]"]:
    """What `ready` gave, and how the command ended that then got a Ctrl-C, taken by the thread that `aim` names."""
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            found = wait_for(ready, 30)
            assert ctypes.CDLL(None).tgkill(process.pid, aim(process.pid), signal.SIGINT) == 0
            said, wrong = process.communicate(timeout=30)
        finally:
            process.kill()
    return found, subprocess.CompletedProcess(arguments, process.returncode, said, wrong)


def test_it_leaves_jobs_that_can_be_fetched_later(server: Server, report: Path, tmp_path: Path) -> None:
    later, sign = report.rename(tmp_path / "later.pdf"), tmp_path / "go"
    arguments = command(
        server, "convert", str(later), "--engine", "fake", "--prompt", f"until:{sign}", "-o", str(tmp_path)
    )
    jobs = "/api/jobs?search=later"
    job_id, ended = interrupted(
        arguments, lambda: next((job["job_id"] for job in server.get(jobs).json()["jobs"]), None)
    )
    assert ended.returncode == 130, ended.stderr
    fetch = f"fetch --server {server.url} {job_id} -o {tmp_path} --format md"
    assert ended.stdout.splitlines()[-1] == f"  python -m jobs.client {fetch}"
    sign.touch()
    assert run(server, *fetch.split()).returncode == 0
    assert (tmp_path / "later.md").read_text().startswith(text_of(1))


class Moody(BaseHTTPRequestHandler):
    """Busy at first, gone in the middle, then there; notes what it is sent."""

    moods: Iterator[tuple[int, dict[str, str]]] = iter(())
    keys: list[str | None] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.keys.append(self.headers["Idempotency-Key"])
        status, headers = next(self.moods)
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        body = json.dumps(DOCUMENT).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *arguments: object) -> None: ...


DOCUMENT = {
    "job_id": "x",
    "filename": "report.pdf",
    "status": "pending",
    "total_pages": 3,
    "processed_pages": 0,
    "pages_failed": 0,
    "failed_pages": [],
    "warnings": [],
    "error": None,
    "code": "unavailable",
    "detail": "Busy.",
}


@pytest.fixture
def moody() -> Iterator[str]:
    Moody.keys = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Moody) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_it_repeats_an_upload_as_the_same_one(moody: str, report: Path) -> None:
    Moody.moods = iter([(503, {"Retry-After": "0"}), (0, {}), (429, {}), (202, {})])
    with Client(moody) as client:
        assert client.upload(report) == Job.of(DOCUMENT)
    assert len(Moody.keys) == 4
    assert len(set(Moody.keys)) == 1
    assert Moody.keys[0]


def test_it_gives_up_after_so_many_tries(moody: str, report: Path) -> None:
    Moody.moods = iter([(503, {}), (0, {}), (503, {}), (0, {})])
    with Client(moody, retries=0) as client:
        with pytest.raises(ApiError, match="Busy"):
            client.upload(report)
        with pytest.raises(httpx.TransportError):
            client.upload(report)


def newest_thread(pid: int) -> int:
    return max(thread.id for thread in psutil.Process(pid).threads())


@pytest.mark.parametrize("aim", [int, newest_thread], ids=["main", "another"])
@pytest.mark.parametrize("verb", ["convert", "fetch"])
def test_it_stops_at_once_where_it_waits_for_a_busy_server(
    moody: str, report: Path, verb: str, aim: Callable[[int], int]
) -> None:
    """Whichever of its threads takes the signal."""
    Moody.moods = iter([(503, {"Retry-After": "60"})])
    asked = str(report) if verb == "convert" else "an_earlier_one"
    arguments = [sys.executable, "-m", "jobs.client", verb, asked, "--server", moody]
    _, ended = interrupted(arguments, lambda: Moody.keys, aim)
    fetch = f"  python -m jobs.client fetch --server {moody} an_earlier_one --format md"
    last = {"convert": "Stopped; files that were not sent: 1.", "fetch": fetch}
    assert (ended.returncode, ended.stdout.splitlines()[-1:]) == (130, [last[verb]])


def test_it_asks_no_more_once_it_is_interrupted(moody: str, report: Path) -> None:
    with Client(moody) as client:
        client.interrupt()
        with pytest.raises(Interrupted):
            client.upload(report)
    assert Moody.keys == []
