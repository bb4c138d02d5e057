"""How a sandbox and its parent talk: JSON behind its length, so that a hostile answer is data and never code."""

import json
import struct
from typing import Any

HEADER = struct.Struct(">I")
# A page's Markdown is some kilobytes; an answer beyond this is an attack or a fault.
MAX_BYTES = 64 * 1024 * 1024
# With this exit code a child says that it ended because nobody had asked for a while.
IDLE_EXIT = 64


class BadFrame(Exception):
    """The other side sent what is no frame."""


def pack(message: dict[str, Any]) -> bytes:
    body = json.dumps(message).encode()
    return HEADER.pack(len(body)) + body


class Reader:
    """Gathers bytes until a whole frame is there."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> dict[str, Any] | None:
        """Take `data` in; gives the message once it is complete. Raises BadFrame."""
        self._buffer += data
        if len(self._buffer) < HEADER.size:
            return None
        (size,) = HEADER.unpack_from(self._buffer)
        if size > MAX_BYTES:
            raise BadFrame(f"a frame of {size} bytes")
        if len(self._buffer) < HEADER.size + size:
            return None
        body = bytes(self._buffer[HEADER.size : HEADER.size + size])
        del self._buffer[: HEADER.size + size]
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise BadFrame("no JSON") from error
        if not isinstance(message, dict):
            raise BadFrame("no object")
        return message
