"""What pages, ranges, jobs, polls and idle machines cost the servers that all machines share: counted there."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import numpy
import psutil
import psycopg
import redis

from tests.machines import Site
from tests.pdfs import pages

# What is counted, in the order of the columns.
COUNTED = ("statements", "commits", "database ms", "WAL KB", "Redis commands", "S3 requests")
_IDLE_S = 20.0
_POLLS = 200
# Checks of foreign keys are a part of the statements that cause them.
_STATEMENTS = """SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = 'pdfjobs')
AND query NOT IN ('BEGIN', 'COMMIT', 'ROLLBACK') AND query NOT LIKE 'SELECT %% FROM ONLY %%'"""
_COMMITS = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query = 'COMMIT'"
_CLAIMS = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE 'INSERT INTO \"jobs_claim\"%%'"
_WAL = "SELECT pg_current_wal_insert_lsn() - '0/0'"

Figures = tuple[float, ...]


@dataclass(frozen=True)
class Costs:
    """What one of each costs, in the order of COUNTED; idle is for one machine and second."""

    page: Figures
    range: Figures
    job: Figures
    poll: Figures
    idle: Figures

    def __str__(self) -> str:
        lines = [f"{'one':8}" + "".join(f"{name:>16}" for name in COUNTED)]
        for name in ("page", "range", "job", "poll", "idle"):
            lines.append(f"{name:8}" + "".join(f"{figure:16.2f}" for figure in getattr(self, name)))
        return "\n".join(lines)


@dataclass
class Spell:
    """What was counted while something went on, and how long that took."""

    figures: Figures = ()
    claims: float = 0.0
    seconds: float = 0.0


@dataclass
class Counters:
    """Reads what the servers count of themselves."""

    site: Site
    database: "psycopg.Connection[tuple[float]]"
    broker: redis.Redis

    def now(self) -> Figures:
        return (
            self._one(_STATEMENTS),
            self._one(_COMMITS),
            1000 * _cpu_s(self.site.database.pid),
            self._one(_WAL) / 1024,
            float(self.broker.info("stats")["total_commands_processed"]),
            float(sum(self.site.store.requests().values())),
        )

    def claims(self) -> float:
        return self._one(_CLAIMS)

    @contextmanager
    def spell(self) -> Iterator[Spell]:
        """Its figures are there when it is over."""
        found, began, before, claims = Spell(), time.monotonic(), self.now(), self.claims()
        yield found
        after = self.now()
        found.figures = tuple(late - early for late, early in zip(after, before, strict=True))
        found.claims, found.seconds = self.claims() - claims, time.monotonic() - began

    def _one(self, query: str) -> float:
        row = self.database.execute(query).fetchone()
        assert row
        return float(row[0])


def counted(site: Site, workers: int) -> Costs:
    """The costs on one machine with so many workers."""
    _count_statements(site)
    machine = site.start_machine(workers)
    with (
        psycopg.connect(site.database.url, autocommit=True) as database,
        redis.Redis.from_url(site.broker.url) as broker,
    ):
        counters = Counters(site, database, broker)
        _convert(site, [4 * workers, *[1] * 3 * workers], 0.3)  # warm up
        time.sleep(2)
        # The web machine has a supervisor of its own: two machines are idle.
        idle = [figure / 2 for figure in _idle(counters)]
        spells = [_converting(counters, [1] * 10, 0.1), _converting(counters, [106], 0.05)]
        spells.append(_converting(counters, [106], 0.7))
        poll = _polling(counters, idle)
    machine.stop()
    site.machines.remove(machine)
    page, of_range, job = _solved([(10, 10), (106, 1), (106, 1)], spells, idle)
    return Costs(page, of_range, job, poll, tuple(idle))


def _count_statements(site: Site) -> None:
    with psycopg.connect(site.database.url, autocommit=True) as database:
        database.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
    site.database.stop()
    site.database.start()
    with psycopg.connect(site.database.url, autocommit=True) as database:
        database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def _idle(counters: Counters) -> Figures:
    """A second of the idle site."""
    with counters.spell() as spell:
        time.sleep(_IDLE_S)
    return tuple(figure / spell.seconds for figure in spell.figures)


def _converting(counters: Counters, jobs: list[int], slow: float) -> Spell:
    with counters.spell() as spell:
        _convert(counters.site, jobs, slow)
    return spell


def _convert(site: Site, jobs: list[int], slow: float) -> None:
    """Convert jobs of so many pages each. The few looks at whether they are done count with the jobs."""
    web = site.webs[0]
    ids = [web.upload(pages(total), engine="fake", prompt=f"slow:{slow}") for total in jobs]
    for job_id in ids:
        while web.job(job_id)["status"] != "completed":
            time.sleep(1)


def _polling(counters: Counters, idle: list[float]) -> Figures:
    """A poll of a status that has not changed."""
    web = counters.site.webs[0]
    path = f"/api/jobs/{web.get('/api/jobs').json()['jobs'][0]['job_id']}/status"
    with httpx.Client(base_url=web.url) as client, counters.spell() as spell:
        tag = client.get(path).headers["ETag"]
        for _ in range(_POLLS):
            assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    return tuple((figure - 2 * rest * spell.seconds) / _POLLS for figure, rest in zip(spell.figures, idle, strict=True))


def _solved(sizes: list[tuple[int, int]], spells: list[Spell], idle: list[float]) -> list[Figures]:
    """The costs of a page, a range and a job, from three spells with so many pages and jobs each."""
    # Each job has one claim more, that of its result; it counts as the job's.
    known = [[total, spell.claims - jobs, jobs] for (total, jobs), spell in zip(sizes, spells, strict=True)]
    spent = [
        [figure - 2 * rest * spell.seconds for figure, rest in zip(spell.figures, idle, strict=True)]
        for spell in spells
    ]
    return [tuple(max(0.0, float(figure)) for figure in row) for row in numpy.linalg.solve(known, spent)]


def _cpu_s(pid: int) -> float:
    """CPU seconds of a server with its children, also of those that have ended."""
    top = psutil.Process(pid)
    times = [top.cpu_times(), *(child.cpu_times() for child in top.children())]
    return sum(each.user + each.system for each in times) + times[0].children_user + times[0].children_system
