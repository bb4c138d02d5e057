"""The sandbox's child process: opens untrusted PDFs and nothing else. Started by `sandbox.Sandbox`."""

import json
import os
import re
import resource
import select
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Generic, Protocol, TypeVar

from jobs import engines
from jobs.engines import frames, memory
from jobs.leash import die_with_parent

# How C++ says that memory has run out: the nets and MuPDF raise it as an error of their own.
_NO_MEMORY = re.compile(r"bad_alloc|failed to allocate|cannot allocate memory|out of memory|malloc.{0,40} failed", re.I)
# A document is opened anew after so many pages, since MuPDF keeps what it has read of it and grows with each page; but
# not before it was open so many times as long as opening took, which may be slow.
_PAGES_OPEN, _OPENINGS = 25, 20
_PAGES_KEPT = 5  # pages after which memory that was freed goes back to the system

Answer = dict[str, Any]


class Closable(Protocol):
    def close(self) -> None: ...


D = TypeVar("D", bound=Closable)


def main(settings: dict[str, Any]) -> None:
    die_with_parent(settings["parent"])
    _limit(settings["space_mb"] * 1024 * 1024)
    # Libraries print; the parent listens to a copy of stdout that they don't know.
    answers = os.dup(1)
    _silence(1)
    worker = _worker(settings["engine"], settings["extra_engines"])
    # From here on a message could hold a document's text.
    _silence(2)
    _serve(worker, answers, settings["idle_s"])


def _limit(space: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        # When memory runs out, the kernel shall end a sandbox and not a Django-Q2 worker.
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")
    except OSError:
        pass


def _silence(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


class Worker(Protocol):
    """What a child does. `answer` may raise whatever it wants to."""

    def answer(self, request: dict[str, Any]) -> Answer: ...


def _worker(engine: str | None, extra_engines: dict[str, str]) -> Worker:
    if engine is None:
        return Inspector()
    if engine == engines.VISION:
        return Renderer()
    return Converter(engine, extra_engines)


class Inspector:
    """Answers what the web process asks: what is in an upload, and how a page looks."""

    def __init__(self) -> None:
        # Not at the top: it loads PyMuPDF without its nets, which a converter needs.
        from jobs.engines.inspection import inspect  # noqa: PLC0415
        from jobs.engines.page_image import draw  # noqa: PLC0415 (needs what `inspection` has loaded)

        self._inspect, self._draw = inspect, draw

    def answer(self, request: dict[str, Any]) -> Answer:
        if "width" in request:
            return self._draw(request["path"], request["password"], request["number"], request["width"])
        return self._inspect(request["path"], request["password"])


class Shelf(Generic[D]):
    """Keeps the PDF of the last page open."""

    def __init__(self, opened: Callable[[str, str], D]) -> None:
        self._open = opened
        self._key: tuple[str, str] | None = None
        self._document: D | None = None
        self._pages, self._opened_at, self._opening_s = 0, 0.0, 0.0

    def opened(self, path: str, password: str) -> D:
        """The PDF at `path`."""
        if self._document is None or self._key != (path, password) or self._is_stale():
            if self._document is not None:
                self._document.close()
            self._document = self._key = None
            started = time.monotonic()
            self._document = self._open(path, password)
            self._key = (path, password)
            self._pages, self._opened_at = 0, time.monotonic()
            self._opening_s = self._opened_at - started
        self._pages += 1
        if self._pages % _PAGES_KEPT == 0:
            memory.give_back()
        return self._document

    def _is_stale(self) -> bool:
        age = time.monotonic() - self._opened_at
        return self._pages >= _PAGES_OPEN and age >= _OPENINGS * self._opening_s


class Converter:
    """Converts pages with one engine."""

    def __init__(self, engine: str, extra_engines: dict[str, str]) -> None:
        self._shelf = Shelf(engines.load(engine, extra_engines).open)

    def answer(self, request: dict[str, Any]) -> Answer:
        document = self._shelf.opened(request["path"], request["password"])
        started = time.monotonic()
        markdown = document.convert(request["number"], request["options"])
        return {**asdict(markdown), "seconds": time.monotonic() - started}


class Renderer:
    """Draws pages for a model outside of the sandbox, and cuts pictures out of them."""

    def __init__(self) -> None:
        # Not at the top: it loads PyMuPDF without its nets, as above.
        from jobs.engines.vision import rendering  # noqa: PLC0415

        self._shelf = Shelf(rendering.open)

    def answer(self, request: dict[str, Any]) -> Answer:
        document = self._shelf.opened(request["path"], request["password"])
        if "boxes" in request:
            return document.cut(request["number"], request["boxes"], request["turned"])
        return document.draw(request["number"], request["dpi"], request["longest"])


def _serve(worker: Worker, answers: int, idle_s: float) -> None:
    reader = frames.Reader()
    _send(answers, {"ready": True})
    while True:
        if not select.select([0], [], [], idle_s)[0]:
            sys.exit(frames.IDLE_EXIT)  # give the memory back, a new child is soon started
        data = os.read(0, 65536)
        if not data:
            return
        request = reader.feed(data)
        if request is not None:
            _send(answers, _guarded(worker.answer, request))


def _guarded(answer: Callable[[dict[str, Any]], Answer], request: dict[str, Any]) -> Answer:
    try:
        return answer(request)
    except MemoryError:
        return {"failure": "memory"}
    except Exception as error:  # noqa: BLE001 (whatever an engine raises is this page's failure)
        if _NO_MEMORY.search(str(error)):
            return {"failure": "memory"}
        return {"failure": "engine", "message": f"{type(error).__name__}: {error}"[:300]}


def _send(descriptor: int, message: Answer) -> None:
    data = memoryview(frames.pack(message))
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
