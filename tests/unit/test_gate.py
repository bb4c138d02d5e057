"""Claiming in line."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings

from jobs.pipeline import gate

_HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def one_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "LANES", 1)


def test_one_enters_after_the_other() -> None:
    entered = threading.Event()

    def other() -> None:
        with gate.entered():
            entered.set()

    thread = threading.Thread(target=other)
    with gate.entered():
        thread.start()
        assert not entered.wait(0.2)
    thread.join(30)
    assert entered.is_set()


def test_it_is_free_when_its_holder_is_killed() -> None:
    with gate.entered():
        pass
    lane: Path = settings.RUN_DIR / "claiming_0.lock"
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(lane)], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            threading.Timer(0.2, holder.send_signal, [signal.SIGKILL]).start()
            with gate.entered():
                pass
        finally:
            holder.kill()
        assert holder.wait(30) == -signal.SIGKILL
