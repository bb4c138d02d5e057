"""Polls per second beside those of a bare view, while event streams are open.

    python -m tests.benchmarks.streams [--streams 500] [--polls 2000] [--parts 4]

One client process asks one server process as fast as it answers, in turn: a part of the polls at `/status` of running
jobs, then as many requests at a view that does nothing (`/api/health/live`). No answer may fail. Threads, database
connections and memory of the web process are printed before and while the streams are open.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import psutil

from tests.pdfs import pages
from tests.raw_http import Connection, Stream
from tests.server import Server, running

JOBS = 20
BARE = "/api/health/live"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--polls", type=int, default=2000)
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--connections", type=int, default=16)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "server") as server:
        jobs = [server.upload(pages(500), engine="fake", prompt="slow:0.1") for _ in range(JOBS)]
        asyncio.run(measure(server, jobs, asked))


async def measure(server: Server, jobs: list[str], asked: argparse.Namespace) -> None:
    statuses = [f"/api/jobs/{job}/status" for job in jobs]
    await taken(server, [*statuses, BARE], 200, asked.connections)
    say(server, "before")
    async with AsyncExitStack() as stack:
        opened = [Stream(server.port, f"/api/jobs/{job}/events") for job in islice(cycle(jobs), asked.streams)]
        await asyncio.gather(*(stack.enter_async_context(stream) for stream in opened))
        say(server, f"{len(opened)} streams open")
        polled, bare = await in_turn(server, statuses, asked)
        say(server, "at the end")
        got = [stream.events for stream in opened]
        print(f"events received: {sum(got)}, by each stream {min(got)} to {max(got)}")
    for name, took in (("status", polled), ("bare view", bare)):
        print(f"{name}: {asked.polls / took.wall:.0f} per second, {1000 * took.cpu / asked.polls:.2f} ms of CPU each")
    wall, processor = bare.wall / polled.wall, bare.cpu / polled.cpu
    print(f"polls per second over those of the bare view: {wall:.2f} (by CPU time {processor:.2f})")


async def in_turn(server: Server, statuses: list[str], asked: argparse.Namespace) -> tuple["Seconds", "Seconds"]:
    """What all polls and all requests at the bare view took."""
    polled = bare = Seconds(0, 0)
    for _ in range(asked.parts):
        part = asked.polls // asked.parts
        bare += await taken(server, [BARE], part, asked.connections)
        polled += await taken(server, statuses, part, asked.connections)
    return polled, bare


@dataclass(frozen=True)
class Seconds:
    wall: float
    cpu: float

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.wall + other.wall, self.cpu + other.cpu)


async def taken(server: Server, paths: list[str], count: int, connections: int) -> Seconds:
    """What `count` requests over `connections` connections take; fails when one is not answered by 200."""
    work = islice(cycle(paths), count)
    began, before = time.monotonic(), cpu(server)
    await asyncio.gather(*(ask(server.port, work) for _ in range(connections)))
    return Seconds(time.monotonic() - began, cpu(server) - before)


def cpu(server: Server) -> float:
    times = psutil.Process(server.web_pid()).cpu_times()
    return times.user + times.system


async def ask(port: int, work: Iterator[str]) -> None:
    async with Connection(port) as connection:
        for path in work:
            status = (await connection.get(path))[0]
            assert status == 200, (path, status)


def say(server: Server, when: str) -> None:
    process = psutil.Process(server.web_pid())
    # SQLite keeps the database file itself open for the next connection; the log it doesn't.
    files = sum(file.path.endswith("-wal") for file in process.open_files())
    rss = process.memory_info().rss / 1024**2
    print(f"{when}: {process.num_threads()} threads, {files} database connections, {rss:.0f} MB")


if __name__ == "__main__":
    main()
