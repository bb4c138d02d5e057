"""nginx with the configuration that the project ships, on a free port, before servers of the tests."""

import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import httpx

from tests.server import ROOT
from tests.servers.program import Program, free_port, path_of, started

SHIPPED = ROOT / "deploy" / "nginx.conf"
# What is Docker's in the file, and what is this machine's instead.
_LISTEN, _TLS, _WEB, _FOLDER = "listen 8080;", "/etc/nginx/tls/", "set $web http://web:8000;", "/tmp/"


class Nginx:
    """Listens at `url`, and passes on to the servers on the ports `behind`, by turns. Raises Missing."""

    def __init__(self, folder: Path, behind: Sequence[int]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.tls = folder / "tls"
        self.tls.mkdir()
        self._configuration = folder / "nginx.conf"
        self._configuration.write_text(self._fitted(folder, behind))
        path = path_of("nginx", "nginx-light", [Path("/usr/sbin")])
        self._command = [path, "-e", "stderr", "-p", str(folder), "-c", str(self._configuration)]
        self._program = Program([*self._command, "-g", "daemon off;"], folder)

    @property
    def pid(self) -> int:
        return self._program.pid

    def start(self) -> None:
        self._program.start(self._answers)

    def stop(self) -> None:
        self._program.stop()

    def check(self) -> "subprocess.CompletedProcess[str]":
        """What it says of its configuration."""
        return subprocess.run([*self._command, "-t"], capture_output=True, text=True, timeout=30, check=False)

    def _fitted(self, folder: Path, behind: Sequence[int]) -> str:
        servers = " ".join(f"server 127.0.0.1:{port};" for port in behind)
        fitted = SHIPPED.read_text()
        for theirs, ours in (
            (_FOLDER, f"{folder}/"),
            (_TLS, f"{self.tls}/"),
            (_LISTEN, f"listen 127.0.0.1:{self.port};"),
            (_WEB, "set $web http://pair;"),
            ("    server {", f"    upstream pair {{ {servers} }}\n    server {{"),
        ):
            assert theirs in fitted, theirs
            fitted = fitted.replace(theirs, ours)
        return fitted

    def _answers(self) -> bool:
        try:
            httpx.get(self.url, timeout=5)
        except httpx.TransportError:
            return False
        return True


def running(behind: Sequence[int]) -> AbstractContextManager[Nginx]:
    """A started proxy, gone afterwards. Raises Missing."""
    return started(lambda folder: Nginx(folder, behind), "nginx")
