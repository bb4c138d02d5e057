"""The name under which this machine's workers claim."""

import socket
import zlib

from django.conf import settings


def node_name() -> str:
    """The same after a restart, another for each data folder: only one `serve` runs on a data folder at a time."""
    return f"{socket.gethostname()[:60]}-{zlib.crc32(str(settings.DATA_DIR).encode()):08x}"
