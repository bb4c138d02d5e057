"""Processes that tests watch."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent


def wait_for(condition: Callable[[], T | None], timeout_s: float, explain: Callable[[], str] = str) -> T:
    """What `condition` gives once it is true; fails with what `explain` says when that takes too long."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"Waited {timeout_s} seconds in vain.\n{explain()}")


def is_gone(pid: int) -> bool:
    """Whether the process has ended; its entry stays for a while where nobody takes notice of its end."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
