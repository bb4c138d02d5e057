"""A receiver of webhooks on this machine, with real sockets: it keeps what comes and answers as it is told."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from standardwebhooks import Webhook

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> dict[str, Any]:
        """The body, as the reference library of Standard Webhooks gives it to a receiver with that secret; else it
        raises."""
        document: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return document


@dataclass
class Receiver:
    """`answer` writes the answers; while `open` is not set, they wait."""

    port: int
    scheme: str = "http"
    received: list[Received] = field(default_factory=list)
    answer: Answer = field(default_factory=lambda: status(204))
    open: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"


def status(number: int, **headers: str) -> Answer:
    """Answers with that status and these headers (an underscore stands for a hyphen)."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(number)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return write


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # of many that come at once none shall have to knock again


@contextmanager
def receiving(port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on that port, or a free one."""
    server = _Server(("127.0.0.1", port), _handler(lambda: receiver))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(server.server_address[1], "https" if tls else "http")
    receiver.open.set()
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.open.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(receiver: Callable[[], Receiver]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here = receiver()
            here.received.append(
                Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            )
            here.open.wait(60)
            try:
                here.answer(self)
            except OSError:
                self.close_connection = True  # the sender had enough

        do_GET = do_POST  # noqa: N815 (as http.server calls it)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
