"""A Redis server."""

import itertools
from contextlib import AbstractContextManager
from pathlib import Path

import redis

from tests.servers.program import Program, free_port, path_of, started

_DATABASES = 1000
PASSWORD = "not-to-be-shown"


class Redis:
    """`url` is its first database; `new_database()` gives more. It keeps nothing: each start is a fresh one."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = self._url(0)
        self._numbers = itertools.count(1)
        command = [path_of("redis-server", "redis-server"), "--port", str(self.port), "--bind", "127.0.0.1"]
        kind = ["--save", "", "--appendonly", "no", "--databases", str(_DATABASES), "--requirepass", PASSWORD]
        self._program = Program([*command, *kind], folder)

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which the server of the project uses it."""
        return {"REDIS_URL": self.url}

    def start(self) -> None:
        self._program.start(self._answers)

    def stop(self) -> None:
        """Stop it; all that it holds is lost."""
        self._program.stop()

    def flush(self) -> None:
        """Have it forget everything."""
        with self._client() as client:
            client.flushall()

    def new_database(self) -> str:
        """The address of one more empty database."""
        return self._url(next(self._numbers))

    def _url(self, number: int) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/{number}"

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=5)

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False


def running() -> AbstractContextManager[Redis]:
    """A started server, gone afterwards. Raises Missing."""
    return started(Redis, "redis")
