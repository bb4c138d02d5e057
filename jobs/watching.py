"""Tells those who wait that a job has changed: one look a second at all jobs that anybody waits for in this process.

However many wait, none of them asks the database, holds a thread or has a queue: there is one newest snapshot of each
watched job, and who is slow to take it misses those between.
"""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from django.db import close_old_connections, connections

from jobs import metrics
from jobs.errors import Unavailable
from jobs.progress import Snapshot, snapshots

logger = logging.getLogger(__name__)

LOOK_S = 1.0
"""At most one query per watched job is made in so many seconds."""
MOST_LISTENERS = 2000

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="watch")


class Watch:
    """A job that somebody waits for. `latest` is the newest that is known of it."""

    def __init__(self, first: Snapshot) -> None:
        self.latest = first
        self.is_gone = False
        """It was deleted."""
        self.is_over = False
        """The server stops: who waits shall come back to the next one."""
        self.listeners = 0
        self._woken = asyncio.Event()

    def offer(self, snapshot: Snapshot) -> None:
        """Take `snapshot` if it is newer than what is known, and wake those who wait if it says something else."""
        if snapshot.read_at <= self.latest.read_at:
            return
        says_the_same = snapshot.etag == self.latest.etag
        self.latest = snapshot
        if not says_the_same:
            self._wake()

    def lose(self) -> None:
        self.is_gone = True
        self._wake()

    def end(self) -> None:
        self.is_over = True
        self._wake()

    async def differs_from(self, etag: str, within_s: float) -> bool:
        """Whether something else than `etag` is known, or nothing is to be waited for any more; waits for it."""
        try:
            async with asyncio.timeout(within_s):
                while self.latest.etag == etag and not self.is_gone and not self.is_over:
                    await self._woken.wait()
        except TimeoutError:
            return False
        return True

    def _wake(self) -> None:
        woken, self._woken = self._woken, asyncio.Event()
        woken.set()


class Watcher:
    """The watches of one event loop, and the task that looks at their jobs while there are any."""

    def __init__(self) -> None:
        self._watches: dict[int, Watch] = {}
        self._looking: asyncio.Task[None] | None = None
        self._is_over = False

    @property
    def listeners(self) -> int:
        return sum(watch.listeners for watch in self._watches.values())

    def check_room(self) -> None:
        """Raises Unavailable when so many wait already that one more might cost the others."""
        if self.listeners >= MOST_LISTENERS:
            raise Unavailable("Too many clients wait for changes at once. Ask for the status in a while instead.")

    @contextmanager
    def watching(self, key: int, first: Snapshot) -> Iterator[Watch]:
        """The watch of the job with that key, of which the caller has read `first`."""
        watch = self._watches.setdefault(key, Watch(first))
        watch.offer(first)
        watch.listeners += 1
        metrics.FOLLOWERS.inc()
        if self._is_over:
            watch.end()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield watch
        finally:
            watch.listeners -= 1
            metrics.FOLLOWERS.dec()
            if not watch.listeners:
                del self._watches[key]

    def end(self) -> None:
        """Send all home who wait, now and from now on."""
        self._is_over = True
        for watch in self._watches.values():
            watch.end()

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        pause_s = LOOK_S
        while True:
            await asyncio.sleep(pause_s)
            keys = list(self._watches)
            if not keys:
                break
            try:
                found, queries = await loop.run_in_executor(_thread, _read, keys)
            except Exception:
                logger.exception("The watched jobs can't be looked at; it is tried again.")
                continue
            metrics.WATCH_QUERIES.inc(queries)
            pause_s = LOOK_S * max(1, queries / len(keys))
            self._tell(keys, found)
        await loop.run_in_executor(_thread, connections.close_all)

    def _tell(self, keys: list[int], found: dict[int, Snapshot]) -> None:
        for key in keys:
            watch = self._watches.get(key)
            if watch is None:
                continue
            if key in found:
                watch.offer(found[key])
            else:
                watch.lose()


_watchers: WeakKeyDictionary[asyncio.AbstractEventLoop, Watcher] = WeakKeyDictionary()


def watcher() -> Watcher:
    """The watcher of the running event loop."""
    return _watchers.setdefault(asyncio.get_running_loop(), Watcher())


def _read(keys: list[int]) -> tuple[dict[int, Snapshot], int]:
    close_old_connections()
    return snapshots(keys)
