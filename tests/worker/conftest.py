from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.server import Server, running

Serve = Callable[..., Server]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers: `serve(workers=2, PDFJOBS_…="…")`."""
    with ExitStack() as stack:
        count = 0

        def start(workers: int = 2, **environment: str) -> Server:
            nonlocal count
            count += 1
            return stack.enter_context(running(tmp_path / f"server{count}", workers, **environment))

        yield start
