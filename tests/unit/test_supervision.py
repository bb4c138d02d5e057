"""The parts of the server as processes, with tiny ones in their place."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from django.contrib.auth.models import User

from jobs.supervision import part as part_module
from jobs.supervision.accounts import first_administrator
from jobs.supervision.cluster import ClusterWatch
from jobs.supervision.lock import AlreadyRunning, lock_folder
from jobs.supervision.part import Part
from tests.processes import is_gone
from tests.server import wait_for, with_pid

Make = Callable[..., Part]

# Starts as many children as it is told, the first of them with a child of its own, and waits.
TINY = """
import json, signal, subprocess, sys, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
arguments = json.loads(sys.argv[1])
for count in range(arguments.get("children", 0)):
    more = {"children": arguments.get("grandchildren", 0)} if count == 0 else {}
    subprocess.Popen([sys.executable, "-m", "tiny", json.dumps(more)])
if arguments.get("said"):
    open(arguments["said"], "w").write(sys.argv[1])
if arguments.get("stubborn"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open(arguments["stubborn"], "w")
time.sleep(60)
"""


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes parts that run the tiny process."""
    (tmp_path / "tiny.py").write_text(TINY)
    made = []

    def part(**arguments: Any) -> Part:
        made.append(Part("tiny", "tiny", arguments, {**os.environ, "PYTHONPATH": str(tmp_path)}, ()))
        return made[-1]

    yield part
    for one in made:
        one.bury()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time, for a part that asks: `clock.now`."""
    time = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(part_module, "time", SimpleNamespace(monotonic=lambda: time.now))
    return time


def started(part: Part) -> int:
    assert part.pid is not None
    return part.pid


def whole(part: Part, size: int) -> set[int]:
    return wait_for(lambda: found if len(found := part.descendants(9)) == size else None, 30)


def test_it_runs_a_part_in_a_session_of_its_own(make: Make) -> None:
    part = make()
    assert (part.pid, part.has_ended(), part.is_gone()) == (None, False, True)
    part.start()
    pid = started(part)
    assert os.getsid(pid) == pid != os.getsid(0)
    assert (part.has_ended(), part.is_gone()) == (False, False)


def test_it_tells_a_part_its_arguments_and_its_parent(make: Make, tmp_path: Path) -> None:
    said = tmp_path / "said"
    make(said=str(said), word="ä").start()
    wait_for(lambda: said.exists() and said.read_text().endswith("}"), 30)
    assert json.loads(said.read_text()) == {"said": str(said), "word": "ä", "parent": os.getpid()}


def test_it_sees_that_a_part_has_ended(make: Make) -> None:
    part = make()
    part.start()
    with_pid(started(part), signal.SIGKILL)
    wait_for(part.has_ended, 10)
    assert part.is_gone()


def test_it_asks_a_part_to_stop(make: Make) -> None:
    part = make()
    part.terminate()
    part.start()
    part.terminate()
    wait_for(part.is_gone, 10)


def test_it_buries_all_that_a_part_has_started(make: Make) -> None:
    part = make(children=2, grandchildren=1)
    part.start()
    family = {started(part), *whole(part, 3)}
    part.bury()
    part.bury()
    wait_for(lambda: all(map(is_gone, family)), 10)
    assert part.pid is None


def test_it_buries_a_part_that_does_not_listen(make: Make, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    part = make(stubborn=str(ready))
    part.start()
    wait_for(ready.exists, 30)
    part.terminate()
    part.bury()
    assert part.is_gone()


def test_it_buries_what_a_part_left_when_it_died(make: Make) -> None:
    part = make(children=1)
    part.start()
    (child,) = whole(part, 1)
    with_pid(started(part), signal.SIGKILL)
    wait_for(part.has_ended, 10)
    part.bury()
    wait_for(lambda: is_gone(child), 10)


def test_it_starts_a_part_again_after_longer_and_longer_pauses(make: Make, clock: SimpleNamespace) -> None:
    part = make()
    part.start()
    for pause in (0.5, 1, 2, 4, 8, 16, 30, 30):
        part.bury()
        clock.now += pause - 0.01
        assert not part.start_again_when_due()
        clock.now += 0.01
        assert part.start_again_when_due()
        assert not part.start_again_when_due()


def test_it_forgives_a_part_that_has_lived_for_a_while(make: Make, clock: SimpleNamespace) -> None:
    part = make()
    for _ in range(3):
        part.start()
        part.bury()
    part.start()
    clock.now += 61
    part.bury()
    clock.now += 0.5
    assert part.start_again_when_due()


def test_it_counts_generations(make: Make) -> None:
    part = make(children=2, grandchildren=1)
    assert part.descendants(9) == set()
    part.start()
    assert whole(part, 3) > wait_for(lambda: part.descendants(1), 10)
    assert (len(part.descendants(1)), len(part.descendants(2))) == (2, 3)


def test_it_sees_that_a_cluster_has_lost_a_member(make: Make) -> None:
    part = make(children=3, grandchildren=1)
    watch = ClusterWatch(part, workers=1)
    assert not watch.has_lost_a_member()
    part.start()
    members = whole(part, 4)
    assert not watch.has_lost_a_member()
    with_pid(max(members), signal.SIGKILL)
    wait_for(watch.has_lost_a_member, 10)
    watch.forget()
    assert not watch.has_lost_a_member()


def test_it_does_not_judge_a_cluster_that_is_still_starting(make: Make) -> None:
    part = make(children=2)
    watch = ClusterWatch(part, workers=1)
    part.start()
    with_pid(max(whole(part, 2)), signal.SIGKILL)
    wait_for(lambda: len(part.descendants(9)) == 1, 10)
    assert not watch.has_lost_a_member()


def test_it_locks_a_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    lock = lock_folder(folder)
    try:
        with pytest.raises(AlreadyRunning, match=str(os.getpid())):
            lock_folder(folder)
        os.close(lock_folder(tmp_path / "another"))
    finally:
        os.close(lock)
    os.close(lock_folder(folder))


@pytest.mark.django_db
def test_it_makes_a_first_administrator_once() -> None:
    password = first_administrator()
    admin = User.objects.get(username="admin")
    assert admin.is_superuser
    assert password is not None
    assert admin.check_password(password)
    assert first_administrator() is None


@pytest.mark.usefixtures("bob")
def test_it_makes_no_administrator_where_there_is_one() -> None:
    assert first_administrator() is None
    assert not User.objects.filter(username="admin").exists()


@pytest.mark.django_db
def test_it_does_not_touch_somebody_called_admin() -> None:
    User.objects.create_user("admin", password="secret")
    assert first_administrator() is None
    assert User.objects.get().check_password("secret")


def test_it_runs_where_this_python_runs(make: Make) -> None:
    part = make()
    part.start()
    process = psutil.Process(started(part))
    # Between fork and exec it has no command line yet.
    assert wait_for(process.cmdline, 10)[:3] == [sys.executable, "-m", "tiny"]
