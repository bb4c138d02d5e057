"""A program of another project as a child process: found or missed, started, waited for, stopped."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

import pytest

from tests.processes import wait_for

START_S = 60
STOP_S = 30


class Missing(Exception):
    """A program that these tests need is not on this machine; the message names Debian's package."""


def path_of(name: str, package: str, folders: Sequence[Path] = ()) -> str:
    """Where the program `name` is. Raises Missing."""
    found = shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)]))
    if found is None:
        raise Missing(f"There is no {name} on this machine (Debian's package: {package}).")
    return found


@contextmanager
def needed() -> Iterator[None]:
    """A program that is Missing in here ends the running test: CI has all programs, a laptop need not."""
    try:
        yield
    except Missing as missing:
        end = pytest.fail if "CI" in os.environ else pytest.skip
        end(str(missing))


T = TypeVar("T", bound="Startable")


class Startable(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


@contextmanager
def started(make: Callable[[Path], T], name: str) -> Iterator[T]:
    """What `make` makes of a folder for its files, started; gone with all that it held afterwards. Raises Missing."""
    with TemporaryDirectory(prefix=f"pdfjobs-{name}-", ignore_cleanup_errors=True) as folder:
        server = make(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Program:
    """What is started with `command`, in the folder `folder`, with what it prints in a file there.

    It ends with the process that started it, whatever that one dies of. `user` is who runs it, when that can be chosen.
    """

    def __init__(self, command: Sequence[str], folder: Path, *, user: str = "", end: str = "TERM") -> None:
        runs_as = ["--reuid", user, "--regid", user, "--init-groups"] if user else []
        self._command = [path_of("setpriv", "util-linux"), *runs_as, "--pdeathsig", end, *command]
        self._folder = folder
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self, answers: Callable[[], bool]) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        wait_for(lambda: self._lives() and answers(), START_S, self._log.read_text)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Have it stop; nothing happens when it has."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(by)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)

    def _lives(self) -> bool:
        assert self._process
        assert self._process.poll() is None, self._log.read_text()
        return True
