"""`manage.py convert` as a real process, with workers of its own or beside a server."""

import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.engines.fake import text_of
from tests.pdfs import pages
from tests.server import ROOT, Server, wait_for, with_pid
from tests.worker.conftest import Serve

Begin = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the PDFs are."""
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that is not started, on a data folder that is not there yet."""
    server = Server(tmp_path / "data", workers=2)
    yield server
    server.close()


@pytest.fixture
def begin(server: Server) -> Iterator[Begin]:
    """Begins the command on the data folder of `server`."""
    begun: list[subprocess.Popen[str]] = []

    def start(*arguments: str | Path, on: Server = server, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        environment = {**on.surroundings(), "PDFJOBS_WORKERS": "2"}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "convert", "--engine", "fake", *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        begun.append(process)
        return process

    yield start
    for process in begun:
        with_pid(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)


def finished(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Exit code, output and errors, when it has ended."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def rows(server: Server, query: str) -> list[Any]:
    """What the database says; nothing as long as it is not there."""
    path = server.folder / "db.sqlite3"
    if not path.exists():
        return []
    connection = sqlite3.connect(path, timeout=20)
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def until_pages(server: Server, count: int) -> None:
    """Wait until so many pages are made."""
    enough = f"SELECT 1 FROM (SELECT sum(pages_done) AS made FROM jobs_job) WHERE made >= {count}"
    wait_for(lambda: rows(server, enough), 60)


@pytest.mark.without("postgres")
def test_it_converts_where_nothing_was_ever_started(server: Server, begin: Begin, folder: Path, tmp_path: Path) -> None:
    (folder / "one.pdf").write_bytes(pages(3))
    (folder / "deep").mkdir()
    (folder / "deep" / "one.pdf").write_bytes(pages(1))
    listed = tmp_path / "more.pdf"
    listed.write_bytes(pages(2))
    (tmp_path / "list.txt").write_text(f"{listed}\n\n")
    process = begin(folder, f"@{tmp_path / 'list.txt'}", "-o", tmp_path / "out")
    code, out, err = finished(process)
    assert code == 0, out + err
    assert "3 of 3 files converted without a fault." in out
    assert {path.name: path.read_text().count("# Page") for path in (tmp_path / "out").iterdir()} == {
        "one.md": 1,
        "one-2.md": 3,
        "more.md": 2,
    }
    assert rows(server, "SELECT status FROM jobs_job") == [("completed",)] * 3
    assert rows(server, "SELECT count(*) FROM jobs_claim") == rows(server, "SELECT count(*) FROM jobs_node") == [(0,)]


def test_it_tells_by_its_exit_code_that_a_page_failed(begin: Begin, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(pages(3))
    code, out, err = finished(begin(folder, "--prompt", "crash:2"))
    assert code == 1, out + err
    assert "page 2 failed: " in out
    assert "2 of 3 pages" in out
    assert "WARNING" not in err
    assert "Page 2 could not be converted" in (folder / "a.md").read_text()


def test_it_shows_a_bar_on_a_terminal(begin: Begin, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(pages(6))
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    try:
        process = begin(folder, "--prompt", "slow:0.3", stderr=theirs)
        assert process.wait(timeout=120) == 0
        assert select.select([ours], [], [], 0)[0]
        shown = os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "/6 [" in shown
    assert "page" in shown


@pytest.mark.without("postgres")
def test_it_leaves_its_jobs_on_ctrl_c(server: Server, begin: Begin, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(pages(30))
    process = begin(folder, "--prompt", "slow:0.3")
    until_pages(server, 2)
    family = psutil.Process(process.pid).children(recursive=True)
    assert family
    with_pid(process.pid, signal.SIGINT)
    code, out, err = finished(process)
    assert code == 130, out + err
    assert "Traceback" not in err
    ((job_id, done),) = rows(server, "SELECT job_id, pages_done FROM jobs_job")
    assert job_id in out
    assert "manage.py serve" in out
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    assert rows(server, "SELECT count(*) FROM jobs_claim") == [(0,)]
    server.start()
    assert server.job(job_id)["processed_pages"] >= done
    assert server.wait_until_finished(job_id)["status"] == "completed"
    assert text_of(30) in server.result(job_id)


@pytest.mark.without("postgres")
def test_it_leaves_no_process_when_it_is_killed(server: Server, begin: Begin, folder: Path) -> None:
    (folder / "a.pdf").write_bytes(pages(30))
    process = begin(folder, "--prompt", "slow:0.3")
    until_pages(server, 1)
    family = psutil.Process(process.pid).children(recursive=True)
    with_pid(process.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    # What it had begun goes on with the next one's workers, and no page is made twice but those it was on.
    (folder / "a.pdf").unlink()
    (folder / "b.pdf").write_bytes(pages(1))
    assert finished(begin(folder))[0] == 0
    ((attempts,),) = rows(server, "SELECT max(attempts) FROM jobs_page")
    assert attempts <= 2


def test_it_leaves_the_work_to_the_server_that_runs(serve: Serve, begin: Begin, folder: Path) -> None:
    server = serve()
    (folder / "a.pdf").write_bytes(pages(4))
    process = begin(folder, "--prompt", "slow:0.5", on=server)
    wait_for(lambda: server.get("/api/jobs").json()["count"], 30, server.output)
    assert [child for child in psutil.Process(process.pid).children() if "cluster" in " ".join(child.cmdline())] == []
    code, out, err = finished(process)
    assert code == 0, out + err
    (job,) = server.get("/api/jobs").json()["jobs"]
    assert (job["filename"], job["status"]) == ("a.pdf", "completed")
    assert (folder / "a.md").read_text() == server.result(job["job_id"])


@pytest.mark.without("postgres")
def test_it_takes_over_when_the_server_stops_for_good(serve: Serve, begin: Begin, folder: Path) -> None:
    server = serve()
    (folder / "a.pdf").write_bytes(pages(30))
    process = begin(folder, "--prompt", "slow:0.3", on=server)
    until_pages(server, 1)
    server.stop()
    code, out, err = finished(process)
    assert code == 0, out + err
    assert "does not answer" in out
    assert (folder / "a.md").read_text().count("# Page") == 30


def test_it_says_what_is_wrong_on_the_machine(server: Server) -> None:
    fresh = server.command("doctor")
    assert fresh.returncode == 1
    assert "!!  database" in fresh.stdout or "!!  migrations" in fresh.stdout  # a database in a file is made later
    server.start()
    sound = server.command("doctor")
    assert sound.returncode == 0, sound.stdout
    assert "ok  workers     2 on " in sound.stdout
    server.stop()
    assert "!!  workers" in server.command("doctor").stdout
