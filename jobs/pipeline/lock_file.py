"""The run folder's lock files: for the workers of one machine among themselves."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def opened(name: str) -> Iterator[int]:
    """The descriptor of that file, to be locked. The kernel frees the lock when it is closed or its holder dies."""
    settings.RUN_DIR.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(settings.RUN_DIR / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
