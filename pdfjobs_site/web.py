"""The web server as a process of its own, on a socket that its parent holds open. Started by `serve`."""

import json
import resource
import socket
import sys
from typing import TypedDict

import uvicorn

from jobs.leash import die_with_parent

# Each client that follows a job holds a connection open; the usual limit of 1024 files is soon reached.
_MOST_FILES = 16_384


class Arguments(TypedDict):
    """fd is the listening socket's, parent the process to die with."""

    parent: int
    fd: int
    graceful_s: int


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Also sends those home who wait for news; uvicorn would wait for them until its patience is over."""
        from jobs.watching import watcher  # noqa: PLC0415 (needs the settings)

        watcher().end()
        await super().shutdown(sockets)


def main(arguments: Arguments) -> None:
    die_with_parent(arguments["parent"])
    _allow_many_connections()
    config = uvicorn.Config(
        "pdfjobs_site.asgi:application",
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=arguments["graceful_s"],
    )
    _Server(config).run(sockets=[socket.socket(fileno=arguments["fd"])])


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(_MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
