"""What goes wrong, at random, one thing while another may not be over yet."""

import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import redis

from tests.machines import Site
from tests.pdfs import pages
from tests.server import Server

M = TypeVar("M", bound=Server)

_BOUNDARY = "cut-off"


class Faults:
    """Does faults to `site`; `done` counts them by name. What is down comes up again by itself after some seconds."""

    def __init__(self, site: Site, chance: random.Random) -> None:
        self.done: Counter[str] = Counter()
        self._site = site
        self._chance = chance
        self._kinds: dict[str, Callable[[], None]] = {
            "worker machine killed": self._kill_machine,
            "worker machine stopped and started": self._restart_machine,
            "Redis flushed": self._flush_broker,
            "Redis restarted": self._restart_broker,
            "PostgreSQL restarted": self._restart_database,
            "S3 answering 500": self._have_store_fail,
            "S3 slow": self._have_store_slow,
            "web machine killed in mid-upload": self._kill_web_in_upload,
        }
        self._left: list[str] = []
        self._threads = ThreadPoolExecutor(len(self._kinds))
        self._going_on: dict[str, Future[None]] = {}
        self._down: set[Server] = set()

    def one(self) -> None:
        """Wait a moment, then begin a fault; each kind once before one comes again."""
        time.sleep(self._chance.uniform(0.5, 4))
        if not self._left:
            self._left = self._chance.sample(list(self._kinds), len(self._kinds))
        name = self._left.pop()
        if name in self._going_on:
            self._going_on[name].result()
        self.done[name] += 1
        print(f"  {time.strftime('%H:%M:%S')} {name}", flush=True)
        self._going_on[name] = self._threads.submit(self._kinds[name])

    def heal(self) -> None:
        """Wait until all is up again."""
        # The threads stay: the servers that they have started would end with them.
        for fault in self._going_on.values():
            fault.result()
        self._site.store.heal()

    def _pause(self) -> None:
        time.sleep(self._chance.uniform(0, 5))

    def _one_of(self, machines: Sequence[M]) -> M:
        """One that is up, and counts as down from now on."""
        machine = self._chance.choice([machine for machine in machines if machine not in self._down])
        self._down.add(machine)
        return machine

    def _kill_machine(self) -> None:
        machine = self._one_of(self._site.machines)
        machine.kill_all()
        self._pause()
        self._start(machine)

    def _restart_machine(self) -> None:
        machine = self._one_of(self._site.machines)
        machine.stop()
        self._start(machine)

    def _flush_broker(self) -> None:
        with suppress(redis.ConnectionError):  # it is just restarted, and so as good as flushed
            self._site.broker.flush()

    def _restart_broker(self) -> None:
        self._site.broker.stop()
        self._pause()
        self._site.broker.start()

    def _restart_database(self) -> None:
        self._site.database.stop()
        self._pause()
        self._site.database.start()

    def _have_store_fail(self) -> None:
        self._site.store.trouble(share=self._chance.choice((0.3, 1.0)), status=500)
        self._pause()
        self._site.store.heal()

    def _have_store_slow(self) -> None:
        self._site.store.trouble(share=0.0, delay_s=self._chance.uniform(0.2, 1.5))
        self._pause()
        self._site.store.heal()

    def _kill_web_in_upload(self) -> None:
        web = self._one_of(self._site.webs)
        content = pages(200)
        with socket.create_connection(("127.0.0.1", web.port), timeout=10) as client:
            client.sendall(_head(web, len(content)) + content[: len(content) // 2])
            time.sleep(self._chance.uniform(0, 0.3))
            web.kill_all()
        self._pause()
        self._start(web, web.port)

    def _start(self, machine: Server, port: int = 0) -> None:
        """Start it, as often as it needs: what it needs itself may be down just now."""
        while not _has_started(machine, port):
            time.sleep(1)
        self._down.remove(machine)


def _has_started(machine: Server, port: int) -> bool:
    try:
        machine.start(port)
    except AssertionError:
        machine.close()
        return False
    return True


def _head(web: Server, size: int) -> bytes:
    """The beginning of an upload of a PDF of so many bytes."""
    form = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="cut.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    end = f"\r\n--{_BOUNDARY}--\r\n"
    head = (
        f"POST /api/upload HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\n"
        f"Content-Type: multipart/form-data; boundary={_BOUNDARY}\r\n"
        f"Content-Length: {len(form) + size + len(end)}\r\n\r\n"
    )
    return (head + form).encode()
