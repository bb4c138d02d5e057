"""A PostgreSQL server."""

import itertools
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers.program import Program, free_port, path_of, started

# PostgreSQL does not run for root; Debian's package brings this user along.
_ITS_USER = "postgres"
_OWNER = "pdfjobs"
# All machines on one database need the same.
_SECRET_KEY = "the-same-for-all-machines-of-a-test-and-of-no-other-use"
_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
_numbers = itertools.count(1)
# Nothing of it has to outlive a power cut.
_FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


class Postgres:
    """`url` is an empty database; `new_database()` gives more."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = self._url("pdfjobs")
        self._data = folder / "data"
        self._user = _ITS_USER if os.geteuid() == 0 else ""
        command = [path_of("postgres", "postgresql", _FOLDERS), "-D", str(self._data), "-p", str(self.port)]
        where = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
        self._program = Program([*command, *where, *_FAST], folder, user=self._user, end="QUIT")

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which the server of the project uses it."""
        return {"DATABASE_URL": self.url, "PDFJOBS_SECRET_KEY": _SECRET_KEY}

    @property
    def pid(self) -> int:
        return self._program.pid

    def start(self) -> None:
        """Start it, on the data that are there."""
        if not self._data.exists():
            self._make_data()
        self._program.start(self._answers)

    def stop(self) -> None:
        """Stop it at once, as `systemctl restart` does: who is connected is thrown out."""
        self._program.stop(signal.SIGINT)

    def kill(self) -> None:
        """Stop it without letting it write anything more; it recovers at the next start."""
        self._program.stop(signal.SIGQUIT)

    def new_database(self, name: str = "") -> str:
        """The address of one more empty database."""
        return new_database(self.url, name)

    def _url(self, database: str) -> str:
        return f"postgres://{_OWNER}@127.0.0.1:{self.port}/{database}"

    def _make_data(self) -> None:
        initdb = path_of("initdb", "postgresql", _FOLDERS)
        kind = ["--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "en-US"]
        command = [initdb, "-D", str(self._data), "-U", _OWNER, "--auth", "trust", "--no-sync", *kind]
        if self._user:
            shutil.chown(self._data.parent, self._user)
            command = ["setpriv", "--reuid", self._user, "--regid", self._user, "--init-groups", *command]
        subprocess.run(command, check=True, capture_output=True, cwd=self._data.parent)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


def new_database(url: str, name: str = "") -> str:
    """The address of one more empty database of the server at `url`."""
    server = url.rpartition("/")[0]
    name = name or f"pdfjobs_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


@contextmanager
def running() -> Iterator[Postgres]:
    """A started server, gone with all its data afterwards. Raises Missing."""
    with started(Postgres, "postgres") as server:
        server.new_database("pdfjobs")
        yield server
