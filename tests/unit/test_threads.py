"""The threads that requests share."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import wait

import pytest
from asgiref.sync import sync_to_async

from jobs.threads import SharedThreads, Threads
from tests.server import wait_for


def nothing() -> None: ...


def threads(most: int = 5, idle_s: float = 5, at_end: Callable[[], None] = nothing) -> Threads:
    return Threads(most=most, idle_s=idle_s, before=nothing, after=nothing, at_end=at_end)


def test_it_gives_what_a_call_gives() -> None:
    assert threads().submit(divmod, 7, 2).result(5) == (3, 1)


def test_it_gives_what_a_call_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        threads().submit(divmod, 7, 0).result(5)


def test_it_uses_a_thread_again() -> None:
    pool = threads()
    first = pool.submit(threading.get_ident).result(5)
    wait_for(lambda: pool.idle == 1, 5)
    assert pool.submit(threading.get_ident).result(5) == first


def test_it_does_as_many_calls_at_once_as_it_may_and_all_in_the_end() -> None:
    pool, together = threads(most=3), threading.Barrier(3, timeout=5)
    seen: list[int] = []

    def meet() -> None:
        together.wait()
        seen.append(threading.get_ident())

    assert wait([pool.submit(meet) for _ in range(9)], timeout=10).not_done == set()
    assert len(seen) == 9
    assert len(set(seen)) == 3


def test_it_ends_threads_that_nobody_needs() -> None:
    ended: list[int] = []
    pool = threads(idle_s=0.05, at_end=lambda: ended.append(threading.get_ident()))
    used = pool.submit(threading.get_ident).result(5)
    wait_for(lambda: ended, 5)
    assert ended == [used]
    assert pool.submit(divmod, 7, 2).result(5) == (3, 1)


def test_it_loses_no_call_while_threads_end() -> None:
    pool = threads(idle_s=0.001)
    for _ in range(300):
        assert pool.submit(divmod, 7, 2).result(5) == (3, 1)
        time.sleep(0.001)


def test_it_prepares_each_call_and_tidies_up_before_its_end_is_told() -> None:
    said: list[object] = []
    pool = Threads(
        most=1, idle_s=5, before=lambda: said.append("before"), after=lambda: said.append("after"), at_end=nothing
    )
    pool.submit(said.append, 1).result(5)
    assert said == ["before", 1, "after"]
    with pytest.raises(ZeroDivisionError):
        pool.submit(divmod, 1, 0).result(5)
    assert said[3:] == ["before", "after"]


def test_it_does_not_begin_what_was_cancelled() -> None:
    pool, go_on = threads(most=1), threading.Event()
    done: list[int] = []
    pool.submit(go_on.wait, 5)
    second = pool.submit(done.append, 1)
    assert second.cancel()
    go_on.set()
    assert pool.submit(divmod, 7, 2).result(5) == (3, 1)
    assert done == []


def test_it_serves_all_requests_with_the_same_threads() -> None:
    used: set[int] = set()

    async def application(scope: object, receive: object, send: object) -> None:
        used.add(await sync_to_async(threading.get_ident)())

    async def serve() -> None:
        shared = SharedThreads(application, threads(most=2))
        for _ in range(20):
            await shared({}, None, None)  # type: ignore[arg-type]

    asyncio.run(serve())
    assert 1 <= len(used) <= 2
    assert threading.get_ident() not in used
