"""One job on many machines: pages per second, and what a page, a range, a poll and an idle machine cost the servers.

    python -m tests.benchmarks.scale [PDF] [--machines 4] [--workers 4] [--rounds 3] [--page-seconds 0.1]

Real PostgreSQL, Redis and an S3 server; each machine is a `serve --workers-only` of its own with a folder of its own.
First one worker, then all of them convert a job of 106 pages with an engine that takes 100 ms a page; with PDF, the
real engine converts that with one worker and then two, by turns with one process that calls PyMuPDF directly. Then it
prints what was counted at the servers, and what follows for 1, 4, 16 and 64 machines.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from tests import machines
from tests.benchmarks.scale_costs import counted
from tests.benchmarks.scale_outlook import outlook
from tests.benchmarks.throughput import CORPUS, direct
from tests.machines import Site
from tests.pdfs import pages

PAGES = 106
PAGE_S = 0.1  # unless another is asked for: on few cores, longer pages tell the cost of the cores from that of sharing
FAKE = {"engine": "fake", "prompt": f"slow:{PAGE_S}"}

_LAST_PAGE = """SELECT max(page.converted_at) FROM jobs_page page JOIN jobs_job job ON job.id = page.job_id
WHERE job.job_id = %s"""

_IS_FINISHED = "SELECT 1 FROM jobs_job WHERE job_id = %s AND completed_at IS NOT NULL"


@dataclass(frozen=True)
class Run:
    """rate is in pages per second from the first claim to the last page, whole_rate to the finished result."""

    rate: float
    whole_rate: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pdf", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--machines", type=int, default=4)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--page-seconds", type=float, default=PAGE_S)
    parser.add_argument("--only", choices=("ratio", "costs", "real"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, machines.running(Path(folder)) as site:
        if asked.only in (None, "ratio"):
            compare(site, asked.machines, asked.workers, asked.rounds, asked.page_seconds)
        if asked.only in (None, "real") and asked.pdf.exists():
            compare_real(site, asked.pdf, asked.rounds)
        if asked.only in (None, "costs"):
            costs = counted(site, asked.workers)
            print(costs)
            print(outlook(costs))


def compare(site: Site, count: int, workers: int, rounds: int, page_s: float) -> None:
    """One worker against `count` machines with `workers` each."""
    document = pages(PAGES)
    slowly = {**FAKE, "prompt": f"slow:{page_s}"}
    alone = rates(site, 1, 1, document, rounds, **slowly)
    together = rates(site, count, workers, document, rounds, **slowly)
    size = count * workers
    print(
        f"{PAGES} pages of {page_s} s: {size} workers on {count} machines give {together.rate / alone.rate:.1f} times"
    )
    print(f"  the pages per second of one ({together.rate:.1f}/s, {alone.rate:.2f}/s);")
    print(f"  until the result is there {together.whole_rate / alone.whole_rate:.1f} times")


def compare_real(site: Site, pdf: Path, rounds: int) -> None:
    """One worker, then two on two machines, with the default engine; each time by turns with PyMuPDF called directly.

    By turns, for a machine whose neighbours are busy is slower for minutes.
    """
    document = pdf.read_bytes()
    for count in (1, 2):
        ratios = []
        with warmed_up(site, count, 1):
            for _ in range(rounds):
                bare, ours = direct(pdf, PAGES)["rate"], run(site, document).rate
                ratios.append(ours / bare)
                print(f"  {count} x 1 workers: {ours:.2f} pages/s, PyMuPDF directly {bare:.2f}", flush=True)
        print(f"{pdf.name}: {count} workers on {count} machines give {statistics.median(ratios):.2f} times")
        print("  the pages per second of one process that calls PyMuPDF directly")


def rates(site: Site, count: int, workers: int, document: bytes, rounds: int, **fields: str) -> Run:
    """The median of some rounds on `count` machines with `workers` each, warmed up."""
    with warmed_up(site, count, workers, **fields):
        runs = [run(site, document, **fields) for _ in range(rounds)]
    for each in runs:
        print(
            f"  {count} x {workers} workers: {each.rate:.2f} pages/s, to the result {each.whole_rate:.2f}", flush=True
        )
    return Run(statistics.median(each.rate for each in runs), statistics.median(each.whole_rate for each in runs))


@contextmanager
def warmed_up(site: Site, count: int, workers: int, **fields: str) -> Iterator[None]:
    """`count` machines with `workers` each for the while, ready for work."""
    for _ in range(count):
        site.start_machine(workers)
    warm_up(site, count * workers, **fields)
    yield
    site.stop_machines()


def warm_up(site: Site, workers: int, **fields: str) -> None:
    """Have each worker load what it needs: its sandbox for the first page, and the rest for a job's end."""
    slowly = {**fields, "prompt": "slow:0.5"} if fields else {}
    finish(site, pages(4 * workers), **slowly)
    ids = [site.webs[0].upload(pages(1), **slowly) for _ in range(3 * workers)]
    for job_id in ids:
        site.webs[0].wait_until_finished(job_id)


def finish(site: Site, document: bytes, **fields: str) -> dict[str, Any]:
    """The finished job of `document`."""
    # Not by polls: a client that is in a hurry takes more of the cores than the workers do; and a new connection costs
    # the database as much as a claim, so it is there before.
    with psycopg.connect(site.database.url, autocommit=True) as connection:
        connection.execute(_IS_FINISHED, [""])
        job_id = site.webs[0].upload(document, **fields)
        while not connection.execute(_IS_FINISHED, [job_id]).fetchone():
            time.sleep(0.1)
    return site.webs[0].job(job_id)


def run(site: Site, document: bytes, **fields: str) -> Run:
    time.sleep(1)
    job = finish(site, document, **fields)
    began, ended = _moment(job["started_at"]), _moment(job["completed_at"])
    with psycopg.connect(site.database.url) as connection:
        row = connection.execute(_LAST_PAGE, [job["job_id"]]).fetchone()
    assert row
    return Run(job["total_pages"] / (row[0].timestamp() - began), job["total_pages"] / (ended - began))


def _moment(said: str) -> float:
    return datetime.fromisoformat(said).timestamp()


if __name__ == "__main__":
    main()
