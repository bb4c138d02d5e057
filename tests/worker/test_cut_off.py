"""Uploads that break off in the middle leave nothing behind."""

import os
import random
import socket
import struct
from pathlib import Path

from tests.api.conftest import multipart
from tests.server import Server, wait_for
from tests.worker.conftest import Serve
from tests.worker.test_large_upload import heavy_pdf

TIMES = 100
MB = 1024 * 1024


def request(server: Server, pdf: Path) -> bytes:
    """An upload of some megabytes: so much that it does not stay in memory."""
    heavy_pdf(pdf, 3 * MB)
    body = multipart(pdf.read_bytes(), "cut off.pdf", engine="fake")
    head = (
        f"POST /api/upload HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Content-Type: {body['content_type']}\r\nContent-Length: {len(body['data'])}\r\n\r\n"
    )
    return head.encode() + bytes(body["data"])


def cut_off(server: Server, whole: bytes, after: int, hard: bool) -> None:
    """Send the first `after` bytes and go; `hard` as a machine that is gone: with a reset instead of an end."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(whole[:after])
        if hard:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def left(server: Server) -> list[str]:
    """Files of jobs and of uploads, also those without a name that the web process holds open."""
    named = [str(path) for path in (server.folder / "media").rglob("*") if path.is_file()]
    held = [os.readlink(link) for link in Path(f"/proc/{server.web_pid()}/fd").iterdir() if link.is_symlink()]
    return named + [path for path in held if path.endswith(" (deleted)") and not path.startswith("/dev/shm/")]


def test_it_leaves_neither_row_nor_file(serve: Serve, tmp_path: Path) -> None:
    server = serve(workers=1, PDFJOBS_REQUIRE_LOGIN="false")
    whole = request(server, tmp_path / "heavy.pdf")
    dice = random.Random(1)
    for number in range(TIMES):
        cut_off(server, whole, dice.randrange(1, len(whole)), hard=number % 2 == 0)
    # All but the last byte of the last boundary: the server has the file already.
    cut_off(server, whole, len(whole) - 1, hard=False)
    wait_for(lambda: not left(server), 30, lambda: f"{left(server)}")
    assert server.get("/api/jobs").json()["count"] == 0
    assert server.command("doctor").returncode == 0
    assert "Traceback" not in server.output()
    # And it takes the whole one as if nothing had been.
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(whole)
        assert connection.recv(100).startswith(b"HTTP/1.1 202 ")
