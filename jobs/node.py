"""The name under which this machine's workers claim."""

import contextlib
import os
import secrets
import socket
from pathlib import Path

from django.conf import settings

_HOST_CHARACTERS = 60


def node_name() -> str:
    """The same for as long as the data folder is there, and another one for each data folder.

    Made at first use and kept in the folder: containers may have all the same host name, or a new one at each start.
    Only one `serve` runs on a data folder at a time. Raises OSError when the folder can't be written.
    """
    path = settings.RUN_DIR / "node"
    try:
        return _read(path)
    except FileNotFoundError:
        return _made(path)


def _made(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"node.{os.getpid()}.{secrets.token_hex(4)}")
    with draft.open("w") as file:
        file.write(f"{socket.gethostname()[:_HOST_CHARACTERS]}-{secrets.token_hex(4)}")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where the name exists: of two processes that start at once, both use the first one's name.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return _read(path)


def _read(path: Path) -> str:
    return path.read_text().strip()
