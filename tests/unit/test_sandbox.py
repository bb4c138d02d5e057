"""The sandbox with real child processes."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from pytest_django import Settings

from jobs.engines.sandbox import Sandbox, SandboxFailure, SandboxUnavailable
from pdfjobs_site.env import HARMLESS
from tests import pdfs
from tests.engines.fake import text_of
from tests.processes import is_gone
from tests.server import ROOT, wait_for, with_pid

Make = Callable[..., Sandbox]
FAKE = {"fake": "tests.engines.fake", "counting": "tests.engines.counting"}


@pytest.fixture
def make(settings: Settings) -> Iterator[Make]:
    """Makes sandboxes with the fake engine."""
    made = []

    def start(**changes: Any) -> Sandbox:
        arguments = {
            "memory_mb": 150,
            "engine": "fake",
            "environment": settings.SANDBOX_ENVIRONMENT,
            "extra_engines": FAKE,
        }
        made.append(Sandbox(**{**arguments, **changes}))
        return made[-1]

    yield start
    for sandbox in made:
        sandbox.close()


@pytest.fixture
def pdf(tmp_path: Path) -> str:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdfs.pages(1))
    return str(path)


def request(pdf: str, number: int, prompt: str = "") -> dict[str, Any]:
    return {"path": pdf, "password": "", "number": number, "options": {"prompt": prompt}}


def ask(sandbox: Sandbox, path: str, prompt: str = "", **more: Any) -> dict[str, Any]:
    return sandbox.request(request(path, 1, prompt), **{"timeout_s": 30, **more})


def child_of(sandbox: Sandbox) -> int:
    assert sandbox.pid is not None
    return sandbox.pid


def test_it_answers(make: Make, pdf: str) -> None:
    answer = ask(make(), pdf)
    assert (answer["text"], answer["warnings"]) == (text_of(1), [])
    assert answer["seconds"] >= 0


def test_it_starts_when_it_is_needed_and_stays(make: Make, pdf: str) -> None:
    sandbox = make()
    assert (sandbox.pid, sandbox.starts) == (None, 0)
    ask(sandbox, pdf)
    first = child_of(sandbox)
    ask(sandbox, pdf)
    assert (sandbox.pid, sandbox.starts) == (first, 1)


@pytest.mark.parametrize(
    ("prompt", "code", "reason"),
    [
        ("crash:1", "crashed", "ended by SIGABRT"),
        ("kill:1", "crashed", "ended by SIGKILL"),
        ("leave:1", "crashed", "ended on it"),
        ("eat:1", "memory", "more than 150 MB"),
        ("choke:1", "memory", "more than 150 MB"),
        ("hang:1", "timeout", "longer than 0.3 seconds"),
    ],
)
def test_it_outlives_what_its_child_does_not(make: Make, pdf: str, prompt: str, code: str, reason: str) -> None:
    sandbox = make()
    ask(sandbox, pdf)
    child = child_of(sandbox)
    with pytest.raises(SandboxFailure) as failure:
        ask(sandbox, pdf, prompt, timeout_s=0.3 if code == "timeout" else 30)
    assert failure.value.code == code
    assert reason in failure.value.reason
    assert sandbox.pid is None
    assert is_gone(child)
    assert ask(sandbox, pdf)["text"] == text_of(1)
    assert sandbox.starts == 2


def test_it_keeps_its_child_when_the_engine_raises(make: Make, pdf: str) -> None:
    sandbox = make()
    with pytest.raises(SandboxFailure) as failure:
        ask(sandbox, pdf, "fail:1")
    assert (failure.value.code, sandbox.starts) == ("engine", 1)
    assert "RuntimeError: the page does not please" in failure.value.reason
    child = child_of(sandbox)
    ask(sandbox, pdf)
    assert sandbox.pid == child


def test_it_replaces_a_child_that_has_grown(make: Make, pdf: str) -> None:
    sandbox = make(memory_mb=100)
    ask(sandbox, pdf, "grow:1")
    grown = child_of(sandbox)
    ask(sandbox, pdf)
    assert sandbox.starts == 2
    assert is_gone(grown)


def test_it_replaces_a_child_whose_address_space_is_nearly_full(make: Make, pdf: str) -> None:
    sandbox = make()
    ask(sandbox, pdf, "map:1")
    full = child_of(sandbox)
    ask(sandbox, pdf)
    assert sandbox.starts == 2
    assert is_gone(full)


def test_it_does_not_take_what_a_library_prints_for_an_answer(make: Make, pdf: str) -> None:
    sandbox = make()
    assert [ask(sandbox, pdf, "noise:1")["text"] for _ in range(2)] == [text_of(1)] * 2
    assert sandbox.starts == 1


def test_it_starts_anew_when_its_child_was_killed_meanwhile(make: Make, pdf: str) -> None:
    sandbox = make()
    ask(sandbox, pdf)
    psutil.Process(child_of(sandbox)).kill()
    wait_for(lambda: sandbox.pid is None, 10)
    assert ask(sandbox, pdf)["text"] == text_of(1)


def test_it_lets_an_idle_child_end(make: Make, pdf: str) -> None:
    sandbox = make(idle_s=0.5)
    ask(sandbox, pdf)
    wait_for(lambda: sandbox.pid is None, 10)
    assert ask(sandbox, pdf)["text"] == text_of(1)
    assert sandbox.starts == 2


def test_it_does_not_blame_a_page_for_the_end_of_an_idle_child(make: Make, pdf: str) -> None:
    """The request comes in the very moment in which the child has had enough of waiting."""
    sandbox = make(idle_s=0.25)
    for late_ms in range(0, 20, 3):
        assert ask(sandbox, pdf)["text"] == text_of(1)
        time.sleep(0.25 + late_ms / 1000)


def test_it_does_not_blame_a_page_for_a_child_that_can_not_start(make: Make, pdf: str) -> None:
    sandbox = make(engine="not_installed", extra_engines={"not_installed": "no.such.module"})
    with pytest.raises(SandboxUnavailable, match="can't be started"):
        ask(sandbox, pdf)
    assert sandbox.pid is None


def test_it_ends_its_child_when_it_is_closed(make: Make, pdf: str) -> None:
    sandbox = make()
    ask(sandbox, pdf)
    child = child_of(sandbox)
    sandbox.close()
    sandbox.close()
    assert is_gone(child)


def test_it_looks_up_from_time_to_time(make: Make, pdf: str) -> None:
    ticks: list[float] = []
    ask(make(), pdf, "slow:0.25", on_tick=lambda: ticks.append(time.monotonic()))
    assert ticks


def test_it_ends_its_child_when_the_caller_gives_up(make: Make, pdf: str) -> None:
    sandbox = make()
    ask(sandbox, pdf)
    child = child_of(sandbox)

    def give_up() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(sandbox, pdf, "hang:1", on_tick=give_up)
    assert is_gone(child)
    assert sandbox.pid is None


def test_it_works_at_what_it_was_told_to_begin(make: Make, pdf: str) -> None:
    sandbox = make()
    ask(sandbox, pdf)
    child = child_of(sandbox)
    late = request(pdf, 2, "leave:2")
    sandbox.begin(late)
    wait_for(lambda: is_gone(child), 30)  # before anybody asked
    with pytest.raises(SandboxFailure) as failure:
        sandbox.request(late, timeout_s=30)
    assert (failure.value.code, sandbox.starts) == ("crashed", 1)
    begun = request(pdf, 3)
    ask(sandbox, pdf)
    sandbox.begin(begun)
    assert sandbox.request(begun, timeout_s=30)["text"] == text_of(3)
    assert sandbox.starts == 2


def test_it_begins_nothing_without_a_child(make: Make, pdf: str) -> None:
    sandbox = make()
    sandbox.begin(request(pdf, 1))
    assert sandbox.starts == 0
    assert ask(sandbox, pdf)["text"] == text_of(1)


def test_it_does_not_answer_with_what_was_begun_for_another(make: Make, pdf: str) -> None:
    sandbox = make()
    ask(sandbox, pdf)
    sandbox.begin(request(pdf, 2))
    assert sandbox.request(request(pdf, 3), timeout_s=30)["text"] == text_of(3)
    assert sandbox.starts == 2


def test_it_drops_what_it_began(make: Make, pdf: str) -> None:
    sandbox = make()
    ask(sandbox, pdf)
    child = child_of(sandbox)
    sandbox.drop()
    assert sandbox.pid == child  # there is nothing to drop
    sandbox.begin(request(pdf, 1, "hang:1"))
    sandbox.drop()
    assert is_gone(child)
    assert ask(sandbox, pdf)["text"] == text_of(1)


def test_it_does_not_answer_with_the_page_of_another_pdf(make: Make, pdf: str, tmp_path: Path) -> None:
    sandbox = make()
    ask(sandbox, pdf)
    other = tmp_path / "b.pdf"
    other.write_bytes(b"no PDF")
    with pytest.raises(SandboxFailure, match="no PDF"):
        ask(sandbox, str(other))
    assert ask(sandbox, pdf)["text"] == text_of(1)


def test_it_tells_its_child_no_secret(make: Make, pdf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDFJOBS_SECRET_KEY", "secret")
    sandbox = make()
    ask(sandbox, pdf)
    assert set(psutil.Process(child_of(sandbox)).environ()) <= {*HARMLESS, "LC_CTYPE"}  # Python sets that one


def test_it_leaves_no_core_dump_of_a_document(make: Make, pdf: str) -> None:
    sandbox = make()
    ask(sandbox, pdf)
    assert psutil.Process(child_of(sandbox)).rlimit(psutil.RLIMIT_CORE) == (0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent has died")
def test_it_dies_with_its_parent(pdf: str) -> None:
    code = f"""
import sys
from jobs.engines.sandbox import Sandbox
sandbox = Sandbox(memory_mb=150, engine="fake", environment={{}}, extra_engines={FAKE})
request = {{"path": sys.argv[1], "password": "", "number": 1, "options": {{"prompt": "hang:1"}}}}
sandbox.request(request, timeout_s=3600, on_tick=lambda: print(sandbox.pid, flush=True))
"""
    with subprocess.Popen([sys.executable, "-c", code, pdf], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert not is_gone(child)
        parent.kill()
    try:
        wait_for(lambda: is_gone(child), 10)
    finally:
        with_pid(child, signal.SIGKILL)


def openings(sandbox: Sandbox, pdf: str, password: str, pages: int) -> int:
    """How often the document was opened for so many pages."""
    request = {"path": pdf, "password": password, "number": 1, "options": {}}
    return int([sandbox.request(request, timeout_s=30) for _ in range(pages)][-1]["text"])


def test_it_opens_a_document_anew_after_many_pages_for_it_grows(make: Make, pdf: str) -> None:
    sandbox = make(engine="counting")
    assert openings(sandbox, pdf, "0", 25) == 1
    # At once, unless the machine was so busy just when it was opened that this seemed to take long.
    wait_for(lambda: openings(sandbox, pdf, "0", 1) == 2, 30)


def test_it_keeps_a_document_that_takes_long_to_open(make: Make, pdf: str) -> None:
    assert openings(make(engine="counting"), pdf, "0.2", 110) == 1
