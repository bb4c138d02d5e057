"""The sandbox's child process: opens untrusted PDFs and nothing else. Started by `sandbox.Sandbox`."""

import json
import os
import resource
import select
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from jobs import engines
from jobs.engines import frames
from jobs.leash import die_with_parent

# How much address space a process may have beyond the memory it is allowed to use: libraries and thread stacks are
# mapped but hardly touched.
_ADDRESS_SPACE_SLACK = 1024 * 1024 * 1024

Answer = dict[str, Any]


def main(settings: dict[str, Any]) -> None:
    die_with_parent(settings["parent"])
    _limit(settings["memory_mb"] * 1024 * 1024)
    # Libraries print; the parent listens to a copy of stdout that they don't know.
    answers = os.dup(1)
    _silence(1)
    worker = Inspector() if settings["engine"] is None else Converter(settings["engine"], settings["extra_engines"])
    # From here on a message could hold a document's text.
    _silence(2)
    _serve(worker, answers, settings["idle_s"])


def _limit(memory: int) -> None:
    space = memory + _ADDRESS_SPACE_SLACK
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

    def idle(self) -> None: ...


class Converter:
    """Converts pages with one engine, and keeps the PDF of the last page open."""

    def __init__(self, engine: str, extra_engines: dict[str, str]) -> None:
        self._engine = engines.load(engine, extra_engines)
        self._key: tuple[str, str] | None = None
        self._document: engines.Document | None = None

    def answer(self, request: dict[str, Any]) -> Answer:
        document = self._opened(request["path"], request["password"])
        started = time.monotonic()
        markdown = document.convert(request["number"], request["options"])
        return {**asdict(markdown), "seconds": time.monotonic() - started}

    def _opened(self, path: str, password: str) -> engines.Document:
        if self._document is None or self._key != (path, password):
            self.idle()
            self._document = self._engine.open(path, password)
            self._key = (path, password)
        return self._document

    def idle(self) -> None:
        """Let go of the document."""
        if self._document is not None:
            self._document.close()
        self._document = self._key = None


def _serve(worker: Inspector | Converter, answers: int, idle_s: float) -> None:
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
        return {"failure": "engine", "message": f"{type(error).__name__}: {error}"[:300]}


def _send(descriptor: int, message: Answer) -> None:
    data = memoryview(frames.pack(message))
    while data:
        data = data[os.write(descriptor, data) :]


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
