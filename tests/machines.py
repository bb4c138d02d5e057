"""Machines that share one PostgreSQL, Redis and S3: each is a `serve` of its own, with a data folder of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.server import Server
from tests.servers import postgres, redis, s3

ENGINES = {"PDFJOBS_EXTRA_ENGINES": "fake=tests.engines.fake,marking=tests.engines.marking"}
# What the machines must agree on besides; and a limit of finished jobs that no test comes near.
AGREED = {"PDFJOBS_SECRET_KEY": "the-same-on-all-machines-" * 3, "PDFJOBS_MAX_JOBS": "10000"}


@dataclass
class Site:
    """What the machines share, and the machines."""

    folder: Path
    database: postgres.Postgres
    broker: redis.Redis
    store: s3.S3
    webs: list[Server] = field(default_factory=list)
    machines: list[Server] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The settings that all machines share."""
        return {**ENGINES, **AGREED, **self.database.environment, **self.broker.environment, **self.store.environment}

    def start_web(self, **changes: str) -> Server:
        """One more machine that answers requests and converts nothing."""
        folder = self.folder / f"web{len(self.webs)}"
        web = Server(folder, 0, ["--web-only"], **{**self.environment, **changes})
        self.webs.append(web)
        web.start()
        return web

    def start_machine(self, workers: int, **changes: str) -> Server:
        """One more machine that converts and has no address."""
        folder = self.folder / f"machine{len(self.machines)}"
        machine = Server(folder, workers, ["--workers-only"], **{**self.environment, **changes})
        self.machines.append(machine)
        machine.start()
        return machine

    def stop_machines(self) -> None:
        """Stop all worker machines in order, and forget them."""
        while self.machines:
            self.machines.pop().stop()

    def close(self) -> None:
        for machine in (*self.machines, *self.webs):
            machine.close()


@contextmanager
def running(folder: Path, webs: int = 1) -> Iterator[Site]:
    """A site with so many web machines and no workers yet, gone with all its processes afterwards. Raises Missing."""
    with ExitStack() as stack:
        shared = [stack.enter_context(kind.running()) for kind in (postgres, redis, s3)]
        site = Site(folder, *shared)
        stack.callback(site.close)
        for _ in range(webs):
            site.start_web()
        yield site
