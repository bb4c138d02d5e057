"""Sandboxes of the web process, for short looks into PDFs while somebody waits."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings

from jobs.engines.sandbox import Sandbox, SandboxUnavailable
from jobs.errors import Unavailable
from jobs.limits import limits

_SANDBOXES = 2
_IDLE_S = 60


class SideSandboxes:
    """Two sandboxes that answer what `engines.child.Inspector` knows; they go when nobody asks.

    `waiting` is how many may wait for them at once, None any number.
    """

    def __init__(self, purpose: str, waiting: int | None = None) -> None:
        # Threads that live as long as the process: the kernel ends a sandbox with the thread that started it.
        self._threads = ThreadPoolExecutor(max_workers=_SANDBOXES, thread_name_prefix=purpose)
        self._own = threading.local()
        self._all: list[Sandbox] = []
        self._places = threading.BoundedSemaphore(_SANDBOXES + waiting) if waiting is not None else None

    def ask(self, request: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
        """The answer to `request`. Raises SandboxFailure, and Unavailable when there is no sandbox or no place."""
        if self._places is None:
            return self._asked(request, timeout_s)
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many are asking at once. Try again in a while.")
        try:
            return self._asked(request, timeout_s)
        finally:
            self._places.release()

    def close(self) -> None:
        """End both, when what is being asked is answered."""
        self._threads.shutdown()
        for sandbox in self._all:
            sandbox.close()

    def _asked(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        try:
            return self._threads.submit(self._answer, request, timeout_s).result()
        except SandboxUnavailable as error:
            raise Unavailable(
                "The server can't look into PDFs now. Try again in a while, or ask the operator."
            ) from error

    def _answer(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        if not hasattr(self._own, "sandbox"):
            self._own.sandbox = Sandbox(
                memory_mb=limits().page_memory_mb,
                engine=None,
                environment=settings.SANDBOX_ENVIRONMENT,
                idle_s=_IDLE_S,
            )
            self._all.append(self._own.sandbox)
        sandbox: Sandbox = self._own.sandbox
        return sandbox.request(request, timeout_s=timeout_s)
