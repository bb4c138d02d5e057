"""Clients who do not give up: they upload, follow and read through whichever web machine answers."""

import itertools
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.engines.marking import text_of
from tests.machines import Site
from tests.pdfs import pages

_AT_ONCE = 6
_PAUSE_S = 0.5
_FINISHED = ("completed", "failed", "cancelled")


@dataclass
class Followed:
    """A job that was accepted: its mark, its pages, and what was wrong with it in the end ("" when nothing)."""

    job_id: str
    mark: str
    total: int
    done: int = 0
    wrong: str = "not finished"


@dataclass
class Clients:
    """Upload up to `most` jobs, a few at once; `log` gets a line for each page that a worker begins."""

    site: Site
    log: Path
    most: int
    chance: random.Random
    jobs: list[Followed] = field(default_factory=list)
    refused: int = 0
    longest_stall_s: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)
    _turns: Iterator[int] = field(default_factory=itertools.count)
    _marks: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _moved_at: float = field(default_factory=time.monotonic)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """They are at work while this is entered."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            self._futures = [threads.submit(self._work) for _ in range(_AT_ONCE)]
            try:
                yield
            finally:
                self._over.set()
                self._deadline = getattr(self, "_deadline", time.monotonic())
        for future in self._futures:
            future.result()

    def have_uploaded_all(self) -> bool:
        return len(self.jobs) >= self.most

    def finish(self, within_s: float) -> None:
        """Upload no more, and wait for what was accepted."""
        self._over.set()
        self._deadline = time.monotonic() + within_s
        while time.monotonic() < self._deadline and not all(future.done() for future in self._futures):
            time.sleep(0.2)

    def _work(self) -> None:
        while not self._over.is_set() and not self.have_uploaded_all():
            followed = self._uploaded()
            if followed:
                self._follow(followed)

    def _uploaded(self) -> Followed | None:
        """A job that was accepted; the same upload is repeated under the same key until it is."""
        with self._lock:
            mark, total = f"m{next(self._marks)}", self.chance.randint(1, 30)
            slow = self.chance.choice((0.02, 0.1, 0.5))
        form = {
            "engine": "marking",
            "prompt": f"mark:{mark} slow:{slow} log:{self.log}",
            "reuse": "false",
        }
        content = pages(total, f"for {mark}")
        while not self._over.is_set():
            answer = self._asked(
                "POST",
                "/api/upload",
                files={"file": (f"{mark}.pdf", content, "application/pdf")},
                data=form,
                headers={"Idempotency-Key": f'"{mark}"'},
            )
            if answer is not None and answer.status_code == 202:
                followed = Followed(answer.json()["job_id"], mark, total)
                with self._lock:
                    self.jobs.append(followed)
                return followed
            with self._lock:
                self.refused += 1
            time.sleep(_PAUSE_S)
        return None

    def _follow(self, followed: Followed) -> None:
        while not self._is_late():
            answer = self._asked("GET", f"/api/jobs/{followed.job_id}")
            if answer is not None and answer.status_code == 200:
                document = answer.json()
                self._note(followed, document["processed_pages"])
                if document["status"] in _FINISHED:
                    followed.wrong = self._wrong(followed, document)
                    if followed.wrong != "not read":
                        return
            elif answer is not None and answer.status_code == 404:
                followed.wrong = "it is gone"
                return
            time.sleep(_PAUSE_S)

    def _is_late(self) -> bool:
        return self._over.is_set() and time.monotonic() > getattr(self, "_deadline", float("inf"))

    def _note(self, followed: Followed, done: int) -> None:
        with self._lock:
            if done > followed.done:
                now = time.monotonic()
                self.longest_stall_s = max(self.longest_stall_s, now - self._moved_at)
                followed.done, self._moved_at = done, now

    def _wrong(self, followed: Followed, document: dict[str, Any]) -> str:
        if document["status"] != "completed" or document["pages_failed"]:
            return f"{document['status']}, failed pages {document['failed_pages']}: {document['error']}"
        answer = self._asked("GET", f"/api/jobs/{followed.job_id}/result")
        if answer is None or answer.status_code != 200:
            return "not read"
        expected = [text_of(followed.mark, number) for number in range(1, followed.total + 1)]
        return "" if answer.text.split() == expected else f"the result is {answer.text!r}"

    def _asked(self, method: str, path: str, **options: Any) -> httpx.Response | None:
        """The answer of the web machine whose turn it is; None when it does not answer."""
        web = self.site.webs[next(self._turns) % len(self.site.webs)]
        try:
            return httpx.request(method, web.url + path, timeout=30, **options)
        except httpx.TransportError:
            return None
