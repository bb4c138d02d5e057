"""Of a machine's workers some claim at a time, the others wait in line.

All that come at once would take the cores and the page rows from each other, and all be late: so the first begin early.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.pipeline import lock_file

# The other half of the cores is for those who convert.
LANES = max(1, (os.cpu_count() or 1) // 2)


@contextmanager
def entered() -> Iterator[None]:
    """Wait until it is our turn to claim. The kernel frees the lane when its holder dies."""
    with lock_file.opened(f"claiming_{os.getpid() % LANES}.lock") as lane:
        fcntl.flock(lane, fcntl.LOCK_EX)
        yield
