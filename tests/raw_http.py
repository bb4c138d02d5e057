"""HTTP by hand, for tests that open very many connections, cut them off, or must not be slower than the server."""

import asyncio
from typing import Self


class Connection:
    """A kept-alive connection to the server on `port` of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def get(self, path: str, headers: str = "") -> tuple[int, str, bytes]:
        """Status, head and body of the answer."""
        status, head = await self.head(path, headers)
        length = _length(head)
        return status, head, await self.reader.readexactly(length) if length else b""

    async def head(self, path: str, headers: str = "") -> tuple[int, str]:
        """Send a GET; status and head of the answer, whose body is still to be read."""
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{headers}\r\n".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        return int(head.split(" ", 2)[1]), head


class Stream:
    """An event stream that is opened again where it ends, as browsers do; counts the events that came."""

    def __init__(self, port: int, path: str) -> None:
        self.events = 0
        self._port = port
        self._path = path
        self._first = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Open it, and wait for the first event."""
        self._following = asyncio.create_task(self._follow())
        waiting = asyncio.create_task(self._first.wait())
        await asyncio.wait([self._following, waiting], return_when=asyncio.FIRST_COMPLETED)
        if self._following.done():
            await self._following
        return self

    async def __aexit__(self, *_: object) -> None:
        self._following.cancel()
        results = await asyncio.gather(self._following, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError), results

    async def _follow(self) -> None:
        last = ""
        while True:
            async with Connection(self._port) as connection:
                status, head = await connection.head(self._path, f"Last-Event-ID: {last}\r\n" if last else "")
                assert status == 200, head
                while line := await connection.reader.readline():
                    if line.startswith(b"id: "):
                        last = line[4:].decode().strip()
                    if line.startswith(b"data: "):
                        self.events += 1
                        self._first.set()


def _length(head: str) -> int:
    found = [line.partition(":")[2] for line in head.lower().split("\r\n") if line.startswith("content-length:")]
    return int(found[0]) if found else 0
