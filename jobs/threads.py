"""The threads of the web process, for all that is not async: shared by the requests instead of one made for each.

Django's ASGI handler makes a thread for each request, and with it a database connection, and keeps both until the last
byte is sent: a stream that stays open for a minute would keep them idle for a minute.
"""

import threading
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import ThreadSensitiveContext

P = ParamSpec("P")
T = TypeVar("T")

Call = Callable[[], None]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Threads(Executor):
    """As many threads as there are calls at once, `most` at most; further calls wait.

    The thread that was used last is used first, and one without a call for idle_s seconds ends. `before` and `after`
    are called in a thread around each call, `at_end` before it ends.
    """

    def __init__(self, *, most: int, idle_s: float, before: Call, after: Call, at_end: Call) -> None:
        self._most = most
        self._idle_s = idle_s
        self._before = before
        self._after = after
        self._at_end = at_end
        self._lock = threading.Lock()
        self._count = 0
        self._idle: list[SimpleQueue[Call]] = []
        self._waiting: deque[Call] = deque()

    @property
    def idle(self) -> int:
        """How many threads wait for a call."""
        return len(self._idle)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        call = _call(future, self._before, self._after, lambda: fn(*args, **kwargs))
        with self._lock:
            if self._idle:
                self._idle.pop().put(call)
            elif self._count < self._most:
                self._count += 1
                threading.Thread(target=self._run, args=(call,), name="request", daemon=True).start()
            else:
                self._waiting.append(call)
        return future

    def _run(self, call: Call | None) -> None:
        inbox: SimpleQueue[Call] = SimpleQueue()
        while call:
            call()
            call = self._next(inbox)
        self._at_end()

    def _next(self, inbox: "SimpleQueue[Call]") -> Call | None:
        """The next call for the thread with that inbox; None when it shall end."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._idle.append(inbox)
        try:
            return inbox.get(timeout=self._idle_s)
        except Empty:
            pass
        with self._lock:
            if inbox in self._idle:
                self._idle.remove(inbox)
                self._count -= 1
                return None
        return inbox.get()  # it came just now


def _call(future: "Future[T]", before: Call, after: Call, work: Callable[[], T]) -> Call:
    def call() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            before()
            try:
                result = work()
            finally:
                after()
        except BaseException as error:  # noqa: BLE001 (whoever waits for the future gets it)
            future.set_exception(error)
        else:
            future.set_result(result)

    return call


class SharedThreads:
    """An ASGI application around `inner`, whose calls into sync code share `threads`.

    A request's calls come one after the other, but not in the same thread: what one of them leaves in a thread must be
    of use to any request. Django leaves its database connections there.
    """

    def __init__(self, inner: Application, threads: Executor) -> None:
        self.inner = inner
        self.threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with ThreadSensitiveContext(executor=self.threads):
            await self.inner(scope, receive, send)
