"""Everything fails at random, for a short time; `tests/benchmarks/chaos.py` does it for as long as one likes."""

from pathlib import Path

from tests.benchmarks import chaos
from tests.servers.program import needed


def test_it_loses_nothing_whatever_fails(tmp_path: Path) -> None:
    with needed():
        report = chaos.run(tmp_path, seconds=90, jobs=15, seed=11)
    assert report.is_good, str(report)
