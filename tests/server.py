"""A real server for the tests: `manage.py serve` in a subprocess on a free port and a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.processes import ROOT, wait_for
from tests.servers.chosen import environment_for

__all__ = ["ROOT", "Server", "running", "wait_for", "with_pid"]

START_S = 60
FAKE_ENGINE = {"PDFJOBS_EXTRA_ENGINES": "fake=tests.engines.fake"}


class Server:
    """`serve` on the data folder `folder` with `options`; `environment` are its settings."""

    def __init__(self, folder: Path, workers: int = 2, options: Sequence[str] = (), **environment: str) -> None:
        self.folder = folder
        self.options = options
        self.workers = workers
        self.environment = {**FAKE_ENGINE, **environment}
        self.log = folder / "serve.log"
        self.url = ""
        self._said_before = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def web_pid(self) -> int:
        """The process id of its web server."""
        (web,) = (each.pid for each in psutil.Process(self.pid).children() if "pdfjobs_site.web" in each.cmdline())
        return web

    def start(self, port: int = 0) -> None:
        """Start it and wait until it answers."""
        self.launch(port)
        self.wait_until_ready()

    def launch(self, port: int = 0) -> None:
        """Start it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "manage.py", "serve", *self.options]
        if "--workers-only" not in self.options:
            command += ["--port", str(port)]
        if "--web-only" not in self.options:
            command += ["--workers", str(self.workers)]
        self._said_before = len(self.output())
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self.surroundings(), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def wait_until_ready(self) -> None:
        """Wait until it answers or, without a web server, works."""
        wait_for(lambda: self._said("Ctrl-C (stops it)"), START_S, self.output)
        if "--workers-only" not in self.options:
            self.url = self._said(r"Page +(http://\S+)/\n") or ""
            wait_for(self._answers, START_S, self.output)

    def output(self) -> str:
        """All that it printed."""
        return self.log.read_text() if self.log.exists() else ""

    def stop(self) -> float:
        """SIGTERM; the seconds until it was gone."""
        assert self._process
        began = time.monotonic()
        self._process.terminate()
        self._process.wait(timeout=30)
        return time.monotonic() - began

    def processes(self) -> list[psutil.Process]:
        """It and all that it started, now."""
        try:
            top = psutil.Process(self.pid)
            return [top, *top.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill_all(self) -> None:
        """SIGKILL every process of it at once, as a power cut would."""
        assert self._process
        processes = self.processes()
        for process in processes:
            with_pid(process.pid, signal.SIGKILL)
        self._process.wait(timeout=30)
        _, alive = psutil.wait_procs(processes, timeout=10)
        assert not alive, alive

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self.kill_all()

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of manage.py on the same data folder."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.surroundings(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def surroundings(self) -> dict[str, str]:
        """The environment of its processes."""
        return {
            **os.environ,
            **environment_for(self.folder),
            **self.environment,
            "PDFJOBS_DATA_DIR": str(self.folder),
            "PYTHONUNBUFFERED": "1",
        }

    # --- the API ---

    def stream(self, path: str) -> AbstractContextManager[httpx.Response]:
        """A GET whose answer is read piece by piece."""
        return httpx.stream("GET", self.url + path, timeout=60)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return httpx.request(method, self.url + path, timeout=30, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return httpx.post(self.url + path, timeout=120, **options)

    def upload(self, pdf: bytes | Path, name: str = "test.pdf", **fields: str) -> str:
        """Upload and give the job's id. It is converted, also where the same file was before."""
        content = pdf.read_bytes() if isinstance(pdf, Path) else pdf
        form = {"reuse": "false", **fields}
        answer = self.post("/api/upload", files={"file": (name, content, "application/pdf")}, data=form)
        assert answer.status_code == 202, answer.text
        job_id: str = answer.json()["job_id"]
        return job_id

    def job(self, job_id: str) -> dict[str, Any]:
        document: dict[str, Any] = self.get(f"/api/jobs/{job_id}").json()
        return document

    def pages(self, job_id: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.get(f"/api/jobs/{job_id}/pages").json()["pages"]
        return rows

    def result(self, job_id: str) -> str:
        answer = self.get(f"/api/jobs/{job_id}/result")
        assert answer.status_code == 200, answer.text
        return answer.text

    def wait_for_pages(self, job_id: str, count: int, timeout_s: float = 60) -> None:
        """Wait until `count` pages of the job are through."""
        wait_for(lambda: self.job(job_id)["processed_pages"] >= count, timeout_s, self.output)

    def wait_until_finished(self, job_id: str, timeout_s: float = 120) -> dict[str, Any]:
        """The job document once the job is completed, failed or cancelled."""
        finished = ("completed", "failed", "cancelled")
        return wait_for(
            lambda: job if (job := self.job(job_id))["status"] in finished else None, timeout_s, self.output
        )

    def _said(self, words: str) -> str | None:
        """The group of the regular expression `words` in what it printed since it was started."""
        assert self._process
        assert self._process.poll() is None, self.output()
        said = re.search(words, self.output()[self._said_before :])
        return said[1] if said else None

    def _answers(self) -> bool:
        try:
            return self.get("/api/health/live").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def running(folder: Path, workers: int = 2, **environment: str) -> Iterator[Server]:
    """A started server, gone with all its processes afterwards."""
    server = Server(folder, workers, **environment)
    try:
        server.start()
        yield server
    finally:
        server.close()


def with_pid(pid: int, number: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
