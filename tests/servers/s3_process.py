"""moto's server with a door for trouble before it: `python -m tests.servers.s3_process PORT`."""

import json
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

_ERROR = (
    b"<Error><Code>InternalError</Code><Message>We encountered an internal error. Please try again.</Message></Error>"
)


class Troubled:
    """Counts the requests to `inner`, and answers some of them itself as it is told at `/-trouble`."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._share, self._status, self._delay_s = 0.0, 500, 0.0
        self._methods: list[str] = []

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/-trouble":
            return self._told(environ, start_response)
        if environ["PATH_INFO"] == "/-requests":
            return _answered(start_response, "200 OK", json.dumps(self._counts).encode())
        method = environ["REQUEST_METHOD"]
        with self._lock:
            self._counts[method] += 1
        if not self._methods or method in self._methods:
            time.sleep(self._delay_s)
            if random.random() < self._share and self._status != 200:
                return self._refused(environ, start_response)
        return self._inner(environ, start_response)

    def _told(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        told = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        self._share, self._status, self._delay_s = told["share"], told["status"], told["delay_s"]
        self._methods = told["methods"]
        return _answered(start_response, "204 No Content", b"")

    def _refused(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not self._status:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return _answered(start_response, f"{self._status} Trouble", _ERROR)


def _answered(start_response: StartResponse, status: str, body: bytes) -> list[bytes]:
    start_response(status, [("Content-Length", str(len(body)))])
    return [body]


if __name__ == "__main__":
    run_simple(
        "127.0.0.1",
        int(sys.argv[1]),
        Troubled(DomainDispatcherApplication(create_backend_app)),
        threaded=True,
    )
