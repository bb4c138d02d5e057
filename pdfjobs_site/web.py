"""The web server as a process of its own, on a socket that its parent holds open. Started by `serve`."""

import json
import socket
import sys
from typing import TypedDict

import uvicorn

from jobs.leash import die_with_parent


class Arguments(TypedDict):
    """fd is the listening socket's, parent the process to die with."""

    parent: int
    fd: int
    graceful_s: int


def main(arguments: Arguments) -> None:
    die_with_parent(arguments["parent"])
    config = uvicorn.Config(
        "pdfjobs_site.asgi:application",
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=arguments["graceful_s"],
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=arguments["fd"])])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
