"""The description is true of a real server; `tests.benchmarks.schemathesis_cases` asks it much more."""

from pathlib import Path

from tests.benchmarks.schemathesis_cases import CLOSED, OPEN, cases, staff_token
from tests.server import running


def test_it_answers_as_it_is_described(tmp_path: Path) -> None:
    with running(tmp_path / "server", 2, **OPEN) as server:
        done = cases(server, examples=2, phases="fuzzing")
    assert done.returncode == 0, done.stdout


def test_it_answers_the_staff_as_it_is_described(tmp_path: Path) -> None:
    with running(tmp_path / "server", 2, **CLOSED) as server:
        done = cases(server, examples=2, phases="fuzzing", token=staff_token(server))
    assert done.returncode == 0, done.stdout
