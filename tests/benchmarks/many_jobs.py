"""Whether lists, storage figures and purge stay as fast with 100,000 jobs as with 100.

    python -m tests.benchmarks.many_jobs [--jobs 100000] [--rounds 15] [--postgres]

Two processes have a database each (SQLite, or of one PostgreSQL server), one with few rows, one with many, and are
asked in turn, as a browser would without a server between: what else the machine does slows both. Prints the median
milliseconds of each, and the median of the rounds' ratios. A purge removes 1,000 jobs with their files, of 1,100 and of
all.
"""

import argparse
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import django

from tests.servers import postgres

FEW = 100
PURGED = 1000
PURGE = "purge of 1,000"
ADDRESSES = {
    "admin list": "/admin/jobs/job/",
    "admin list, completed": "/admin/jobs/job/?status__exact=completed",
    "admin list, one owner": "/admin/jobs/job/?owner=1",
    "admin list, page 2": "/admin/jobs/job/?p=2",
    "admin list, by size": "/admin/jobs/job/?o=-4",
    "admin list, search": "/admin/jobs/job/?q=nowhere",
    "GET /api/jobs": "/api/jobs",
    "GET /api/jobs, completed": "/api/jobs?status=completed",
    "GET /api/storage": "/api/storage",
    "GET /api/admin/storage": "/api/admin/storage",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running()) if asked.postgres else None
        few, many = (stack.enter_context(site(jobs, database(server))) for jobs in (FEW, asked.jobs))
        print(f"{'median ms with':26} {FEW:>9,} {asked.jobs:>9,}  ratio")
        for name in ADDRESSES:
            compare(name, few, many, asked.rounds)
        compare(PURGE, few, many, 3)


def database(server: postgres.Postgres | None) -> dict[str, str]:
    """The settings for an own database of `server`, or of SQLite."""
    return {**server.environment, "DATABASE_URL": server.new_database()} if server else {}


def compare(name: str, few: Connection, many: Connection, rounds: int) -> None:
    """Ask both in turn, and print what came out."""
    pairs = [(answer(few, name), answer(many, name)) for _ in range(rounds)]
    ratio = statistics.median(much / little for little, much in pairs)
    little, much = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"{name:26} {little:9.1f} {much:9.1f}  {ratio:5.2f}", flush=True)


def answer(asked: Connection, name: str) -> float:
    asked.send(name)
    took: float = asked.recv()
    return took


@contextmanager
def site(jobs: int, environment: dict[str, str]) -> Iterator[Connection]:
    """A process with so many jobs. Send it a name, and it answers with the milliseconds that that takes."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there, jobs, environment))
    process.start()
    here.recv()
    yield here
    here.send("")
    process.join()


def serve(asked: Connection, jobs: int, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    with own_site() as client:
        fill(jobs)
        asked.send("ready")
        for name in iter(asked.recv, ""):
            asked.send(purge(jobs) if name == PURGE else milliseconds(partial(get, client, ADDRESSES[name])))


@contextmanager
def own_site() -> Iterator[Any]:
    """The browser of the one administrator, who owns all jobs of a site in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PDFJOBS_DATA_DIR"] = folder
        os.environ["PDFJOBS_MAX_JOBS"] = "10000000"
        os.environ["PDFJOBS_ALLOWED_HOSTS"] = "testserver"
        os.environ["PDFJOBS_LOG_LEVEL"] = "WARNING"
        os.environ["DJANGO_SETTINGS_MODULE"] = "pdfjobs_site.settings"
        django.setup()
        from django.conf import settings
        from django.contrib.auth.models import User
        from django.core.management import call_command
        from django.test import Client

        settings.SERVESTATIC_USE_FINDERS = settings.SERVESTATIC_USE_STATIC_ROOT = False
        call_command("migrate", verbosity=0)
        client = Client()
        client.force_login(User.objects.create_superuser("alice"))
        yield client


def fill(total: int) -> None:
    """Make as many finished jobs of one page as are missing to `total`, younger than those that are there."""
    from django.db import connection

    from jobs.models import Job, Page

    there = Job.objects.stored().count()
    for start in range(there, total, 5000):
        jobs = [row(number) for number in range(start, min(total, start + 5000))]
        Job.objects.bulk_create(jobs, batch_size=500)
        Page.objects.bulk_create((Page(job=job, number=1, status="done", markdown="x" * 500) for job in jobs), 500)
    if connection.vendor == "postgresql":
        # As PostgreSQL does by itself within a minute; until then it knows nothing of so many new rows.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def row(number: int) -> Any:
    from django.utils import timezone

    from jobs.models import Job
    from jobs.services.submission import new_job_id

    at = timezone.now() - timedelta(days=300) + timedelta(seconds=number * 100)
    failed = number % 50 == 0
    return Job(
        job_id=new_job_id(f"document {number}.pdf", at),
        filename=f"document {number}.pdf",
        owner_id=1,
        engine="layout",
        status="failed" if failed else "completed",
        error="None of its pages could be converted." if failed else "",
        total_pages=1,
        pages_done=1,
        pages_failed=int(failed),
        input_bytes=1000 + number % 997,
        stored_bytes=3000 + number % 997,
        page_bytes=500,
        created_at=at,
        started_at=at,
        completed_at=at,
        used_at=at,
        archived=True,
    )


def get(client: Any, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 200, (path, found.status_code, found.get("Location"))


def milliseconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - began)


def purge(jobs: int) -> float:
    """The milliseconds of purging 1,000 of `jobs` that have files; afterwards there are as many as before."""
    from jobs import services
    from jobs.models import Job

    fill(max(jobs, FEW + PURGED))
    write_files()
    stored = Job.objects.stored().count()
    took = milliseconds(partial(services.purge, services.Rules(jobs=stored - PURGED)))
    assert Job.objects.stored().count() == stored - PURGED
    fill(jobs)
    return took


def write_files() -> None:
    """Files for the jobs that go next."""
    from django.conf import settings

    from jobs.models import Job

    for job_id in Job.objects.purgeable().values_list("job_id", flat=True)[:PURGED]:
        folder = Path(settings.MEDIA_ROOT) / "jobs" / job_id
        folder.mkdir(parents=True)
        for name in ("input.pdf", "result.md", "metadata.json"):
            (folder / name).write_bytes(b"x" * 1000)


if __name__ == "__main__":
    main()
