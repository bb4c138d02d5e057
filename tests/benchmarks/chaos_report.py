"""What came of a time of chaos, and what it left behind."""

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass

import psycopg

from tests.benchmarks.chaos_clients import Clients, Followed
from tests.benchmarks.chaos_faults import Faults
from tests.machines import Site
from tests.server import ROOT

# An upload whose server died may have left files, and a job whose worker died at its end has no metadata.json yet; the
# reconciler sees to the ones after an hour, to the others after a minute, and here at once.
_SWEEP = """
from datetime import timedelta
from jobs.pipeline import recovery
recovery._ORPHAN_AGE = timedelta(0)
recovery.archive_finished(timedelta(0))
print(recovery.remove_orphans())
"""
_LEFT = {
    "claims": "SELECT count(*) FROM jobs_claim",
    "pages in nobody's hands": "SELECT count(*) FROM jobs_page WHERE status = 'processing'",
    "active jobs": "SELECT count(*) FROM jobs_job WHERE completed_at IS NULL",
    "jobs being removed": "SELECT count(*) FROM jobs_job WHERE removal IS NOT NULL",
    "finished jobs without metadata": "SELECT count(*) FROM jobs_job WHERE completed_at IS NOT NULL AND NOT archived",
}


@dataclass(frozen=True)
class Report:
    """wrong are the accepted jobs that did not end as they must, left is what nobody will clear away."""

    jobs: int
    pages: int
    wrong: list[Followed]
    left: dict[str, int]
    swept: int
    faults: Counter[str]
    refused: int
    twice: int
    begun: int
    longest_stall_s: float
    seconds: float

    @property
    def is_good(self) -> bool:
        return not self.wrong and not any(self.left.values()) and self.jobs > 0

    def __str__(self) -> str:
        lines = [
            f"{self.jobs} jobs accepted, {self.pages} pages, in {self.seconds:.0f} s of chaos",
            f"{len(self.wrong)} of them not completed with every page exactly once",
            *(f"  {job.job_id}: {job.wrong[:300]}" for job in self.wrong),
            f"faults: {sum(self.faults.values())}",
            *(f"  {count:4} {name}" for name, count in sorted(self.faults.items())),
            f"uploads and polls that had to be repeated by uploaders: {self.refused}",
            f"pages begun {self.begun} times, {self.twice} pages more than once",
            f"longest time without progress: {self.longest_stall_s:.1f} s",
            f"folders of uploads that were never accepted, removed by the sweep: {self.swept}",
            f"left behind: {', '.join(f'{count} {name}' for name, count in self.left.items() if count) or 'nothing'}",
        ]
        return "\n".join(lines)


def looked_at(site: Site, clients: Clients, faults: Faults, raged_s: float) -> Report:
    begun = Counter(clients.log.read_text().split()) if clients.log.exists() else Counter[str]()
    site.stop_machines()
    swept = _swept(site)
    return Report(
        jobs=len(clients.jobs),
        pages=sum(job.total for job in clients.jobs),
        wrong=[job for job in clients.jobs if job.wrong],
        left=_left(site),
        swept=swept,
        faults=faults.done,
        refused=clients.refused,
        twice=sum(1 for count in begun.values() if count > 1),
        begun=sum(begun.values()),
        longest_stall_s=clients.longest_stall_s,
        seconds=raged_s,
    )


def _swept(site: Site) -> int:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", _SWEEP],
        cwd=ROOT,
        env=site.webs[0].surroundings(),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])


def _left(site: Site) -> dict[str, int]:
    """What is there and should not be, by its name."""
    with psycopg.connect(site.database.url) as connection:
        left = {name: _count(connection, query) for name, query in _LEFT.items()}
        known = {row[0] for row in connection.execute("SELECT job_id FROM jobs_job")}
    folders = {key.split("/")[1] for key in site.store.keys("jobs/")}
    return {**left, "folders without a row": len(folders - known), "rows without a folder": len(known - folders)}


def _count(connection: "psycopg.Connection[tuple[int]]", query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row
    return row[0]
