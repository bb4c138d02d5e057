"""One `serve` for one data folder."""

import fcntl
import os
from pathlib import Path


class AlreadyRunning(Exception):
    """Another `serve` has the data folder."""


def lock_folder(folder: Path) -> int:
    """Hold the lock in `folder` until this process ends; the descriptor that holds it. Raises AlreadyRunning."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(descriptor, 20).decode().strip()
        os.close(descriptor)
        raise AlreadyRunning(holder or "unknown") from error
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor
