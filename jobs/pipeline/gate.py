"""Of a machine's workers some claim at a time, the others wait in line.

All that come at once would take the cores and the page rows from each other, and all be late: so the first begin early.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

# The other half of the cores is for those who convert.
LANES = max(1, (os.cpu_count() or 1) // 2)


@contextmanager
def entered() -> Iterator[None]:
    """Wait until it is our turn to claim. The kernel frees the lane when its holder dies."""
    settings.RUN_DIR.mkdir(parents=True, exist_ok=True)
    lane = settings.RUN_DIR / f"claiming_{os.getpid() % LANES}.lock"
    descriptor = os.open(lane, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
