"""Who drives the vision model: one worker of a machine, so that its concurrency holds by construction."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from jobs.endpoint import endpoint


@contextmanager
def tried() -> Iterator[bool]:
    """Whether the wheel is ours while this is entered. The kernel frees it when its holder dies.

    It is everybody's where there is no endpoint: nothing is asked of it then.
    """
    if endpoint() is None:
        yield True
        return
    settings.RUN_DIR.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(settings.RUN_DIR / "vision.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
