"""The sandboxes of the web process."""

import os
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest

from jobs.errors import Unavailable
from jobs.services.side_sandboxes import SideSandboxes
from tests import pdfs


def test_it_refuses_when_too_many_wait(tmp_path: Path) -> None:
    stuck = tmp_path / "stuck.pdf"
    os.mkfifo(stuck)  # who opens it waits until somebody writes
    with closing(SideSandboxes("test", waiting=1)) as sandboxes, ThreadPoolExecutor(4) as people:
        asked = [people.submit(sandboxes.ask, {"path": str(stuck), "password": ""}, timeout_s=2) for _ in range(4)]
        done, waiting = wait(asked, return_when=FIRST_COMPLETED)
        with pytest.raises(Unavailable) as refusal:
            done.pop().result()
        assert refusal.value.headers()["Retry-After"]
        assert len(waiting) == 3
        wait(waiting)
        good = tmp_path / "good.pdf"
        good.write_bytes(pdfs.pages(2))
        assert sandboxes.ask({"path": str(good), "password": ""}, timeout_s=30)["page_count"] == 2
