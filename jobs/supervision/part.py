"""A part of the server: a child process in its own session, with all that it starts."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import psutil

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_SOUND_AFTER_S = 60.0  # a part that lived so long gets the short pause again


class Part:
    """The process `python -m module ARGUMENTS`, started again with growing pauses when it ends."""

    def __init__(
        self, name: str, module: str, arguments: Mapping[str, Any], environment: Mapping[str, str], fds: tuple[int, ...]
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-m", module, json.dumps({**arguments, "parent": os.getpid()})]
        self._environment = dict(environment)
        self._fds = fds
        self._process: subprocess.Popen[bytes] | None = None
        self._pause_s = _FIRST_PAUSE_S
        self._started_at = 0.0
        self._may_start_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def has_ended(self) -> bool:
        """Whether its main process is gone, for whatever reason: an orderly end without being asked is none."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, env=self._environment, pass_fds=self._fds, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self._started_at = time.monotonic()

    def start_again_when_due(self) -> bool:
        """Start it if it is down and its pause is over; True when it was started."""
        if self._process is not None or time.monotonic() < self._may_start_at:
            return False
        self.start()
        return True

    def terminate(self) -> None:
        """Ask it to stop."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def is_gone(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def bury(self) -> None:
        """Kill what is left of it, and let the next start wait the longer the faster it died."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        if time.monotonic() - self._started_at > _SOUND_AFTER_S:
            self._pause_s = _FIRST_PAUSE_S
        self._may_start_at = time.monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)

    def descendants(self, depth: int) -> set[int]:
        """The process ids of its children, at most `depth` generations down."""
        if self._process is None:
            return set()
        try:
            processes = psutil.Process(self._process.pid).children(recursive=True)
            parents = {process.pid: process.ppid() for process in processes}
        except psutil.Error:
            return set()  # one of them ended while we looked
        generation, found = {self._process.pid}, set()
        for _ in range(depth):
            generation = {pid for pid, parent in parents.items() if parent in generation}
            found |= generation
        return found
