"""Who drives the vision model: one worker of a machine, so that its concurrency holds by construction."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.endpoint import endpoint
from jobs.pipeline import lock_file


@contextmanager
def tried() -> Iterator[bool]:
    """Whether the wheel is ours while this is entered. The kernel frees it when its holder dies.

    It is everybody's where there is no endpoint: nothing is asked of it then.
    """
    if endpoint() is None:
        yield True
        return
    with lock_file.opened("vision.lock") as descriptor:
        yield _locked(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
