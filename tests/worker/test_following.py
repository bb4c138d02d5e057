"""Very many clients follow jobs on one web process."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from itertools import cycle, islice

import psutil

from tests.pdfs import pages
from tests.raw_http import Connection, Stream
from tests.server import Server, wait_for
from tests.worker.conftest import Serve

STREAMS = 500
SLOW = {"engine": "fake", "prompt": "slow:0.2"}


def threads(server: Server) -> int:
    return psutil.Process(server.web_pid()).num_threads()


def database_connections(server: Server) -> int:
    """By the log that each has open: SQLite keeps the database file itself open for the next one."""
    return sum(file.path.endswith("-wal") for file in psutil.Process(server.web_pid()).open_files())


def metric(server: Server, name: str) -> float:
    lines = server.get("/metrics").text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))


def settled(measure: Callable[[], int], most: int) -> bool:
    """Whether `measure` comes down to `most` once the threads that only opened something have gone."""
    return bool(wait_for(lambda: measure() <= most, 60, lambda: f"still {measure()}"))


def test_it_holds_no_thread_and_no_connection_for_a_stream(serve: Serve) -> None:
    server = serve(PDFJOBS_REQUIRE_LOGIN="false")
    jobs = [server.upload(pages(500), **SLOW) for _ in range(5)]

    async def follow() -> None:
        async with AsyncExitStack() as stack:
            streams = [Stream(server.port, f"/api/jobs/{job}/events") for job in islice(cycle(jobs), STREAMS)]
            await asyncio.gather(*(stack.enter_async_context(stream) for stream in streams))
            await asyncio.to_thread(observe, streams)

    def observe(streams: list[Stream]) -> None:
        assert metric(server, "pdfjobs_followers") == STREAMS
        before, began = metric(server, "pdfjobs_watch_queries_total"), time.monotonic()
        # A dozen: the event loop, who watches, who asks for health, and the few that a request now and then needs.
        assert settled(lambda: threads(server), 12)
        assert settled(lambda: database_connections(server), 12)
        queries, seconds = metric(server, "pdfjobs_watch_queries_total") - before, time.monotonic() - began
        assert 0 < queries <= 2 * (seconds + 2)  # one for all streams, one more while a job waits to be begun
        told = [stream.events for stream in streams]
        wait_for(lambda: all(s.events > before for s, before in zip(streams, told, strict=True)), 60, server.output)

    asyncio.run(follow())
    wait_for(lambda: metric(server, "pdfjobs_followers") == 0, 30, server.output)


def test_it_holds_no_thread_for_a_held_status(serve: Serve) -> None:
    server = serve(workers=1, PDFJOBS_REQUIRE_LOGIN="false")
    job_id = server.upload(pages(1), engine="fake", prompt="slow:20")
    wait_for(lambda: server.job(job_id)["status"] == "processing", 30, server.output)

    async def ask() -> int:
        async with Connection(server.port) as connection:
            return (await connection.get(f"/api/jobs/{job_id}/status?wait=30"))[0]

    async def wait() -> list[int]:
        asked = [asyncio.create_task(ask()) for _ in range(200)]
        await asyncio.to_thread(wait_for, lambda: metric(server, "pdfjobs_followers") == 200, 30, server.output)
        await asyncio.to_thread(settled, lambda: threads(server), 12)
        await asyncio.to_thread(server.post, f"/api/jobs/{job_id}/cancel")
        return await asyncio.gather(*asked)

    assert asyncio.run(wait()) == [200] * 200


def test_it_stops_while_streams_are_open(serve: Serve) -> None:
    server = serve(PDFJOBS_REQUIRE_LOGIN="false")
    job_id = server.upload(pages(500), **SLOW)

    async def follow() -> bytes:
        async with Connection(server.port) as connection:
            await connection.head(f"/api/jobs/{job_id}/events")
            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            rest = await connection.reader.read()
            assert await stopping < 10  # what is promised to an operator, not a measure of speed
            return rest

    # In order: the last chunk of a chunked answer is an empty one.
    assert asyncio.run(follow()).endswith(b"0\r\n\r\n")
