"""The child process in which untrusted PDFs are opened, under limits of memory and time."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import psutil

from jobs.engines import frames

_ROOT = Path(__file__).resolve().parents[2]
_TICK_S = 0.1  # how often memory and time are looked at
_START_S = 60  # loading the nets from a slow disk
_WORN_SHARE = 0.75  # a child that has grown to this share of its limits is replaced between two pages
# How much address space a child may have beyond the memory it is allowed to use, in MiB: libraries and thread stacks
# are mapped but hardly touched.
_SPACE_SLACK_MB = 1024


class SandboxFailure(Exception):
    """A request that the sandbox could not answer; `code` is crashed, timeout, memory or engine."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class SandboxUnavailable(OSError):
    """No child can be started: the machine's or the installation's fault, not that of what was asked for."""


class _FellAsleep(SandboxFailure):
    """The child had ended by itself for want of requests."""


class Sandbox:
    """One child process at a time, started when it is needed and again after it died, hung or grew.

    memory_mb is the child's limit in MiB. engine is loaded when the child starts, and stays; None makes it a child
    that inspects. After idle_s seconds without a request the child ends by itself.

    Start it from a thread that lives as long as the sandbox shall: the kernel ends the child with that thread.
    """

    def __init__(
        self,
        *,
        memory_mb: int,
        engine: str | None,
        environment: Mapping[str, str],
        extra_engines: Mapping[str, str] | None = None,
        idle_s: float = 600,
    ) -> None:
        self.engine = engine
        self.starts = 0
        self._memory_mb = memory_mb
        self._environment = dict(environment)
        self._arguments = {
            "space_mb": memory_mb + _SPACE_SLACK_MB,
            "engine": engine,
            "extra_engines": dict(extra_engines or {}),
            "idle_s": idle_s,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._begun: dict[str, Any] | None = None
        self._reader = frames.Reader()

    @property
    def pid(self) -> int | None:
        """The child's process id, None when there is no child."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def begin(self, message: dict[str, Any]) -> None:
        """Have the child work at `message` already, for which `request` is called next or else `drop`.

        Nothing happens where no child is ready for it. Time and memory are looked at from the request on.
        """
        process = self._process
        if process is None or process.poll() is not None or self._is_worn(process):
            return
        with contextlib.suppress(SandboxFailure):  # the request finds out by itself
            self._write(process, message)
            self._begun = message

    def drop(self) -> None:
        """End the child if it has begun with what is not asked for any more."""
        if self._begun is not None:
            self.close()

    def request(
        self, message: dict[str, Any], *, timeout_s: float, on_tick: Callable[[], None] | None = None
    ) -> dict[str, Any]:
        """The child's answer. Raises SandboxFailure; the child is gone then, unless the engine raised.

        Raises SandboxUnavailable when there is no child to ask.

        on_tick is called some times a second while the child works; what it raises ends the child and goes on up.
        """
        try:
            answer = self._asked(message, timeout_s, on_tick)
        except _FellAsleep:  # just when the request came: no fault of what was asked for
            answer = self._asked(message, timeout_s, on_tick)
        if "failure" in answer:
            raise self._failure(answer)
        return answer

    def _asked(self, message: dict[str, Any], timeout_s: float, on_tick: Callable[[], None] | None) -> dict[str, Any]:
        if self._begun != message:
            self.drop()
        begun, self._begun = self._begun, None
        process = None if begun is None else self._process
        try:
            if process is None:
                process = self._running()
                self._write(process, message)
            return self._answer(process, timeout_s, on_tick)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the child at once."""
        process, self._process = self._process, None
        self._begun = None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and (self._process.poll() is not None or self._is_worn(self._process)):
            self.close()
        if self._process is None:
            self._process = self._started()
        return self._process

    def _started(self) -> subprocess.Popen[bytes]:
        arguments = json.dumps({**self._arguments, "parent": os.getpid()})
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.engines.child", arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env=self._environment,
        )
        self.starts += 1
        self._reader = frames.Reader()
        self._process = process
        try:
            self._answer(process, _START_S, None)
        except BaseException as error:
            self.close()
            if isinstance(error, SandboxFailure):
                raise SandboxUnavailable(f"The converter can't be started. {error.reason}") from error
            raise
        return process

    def _is_worn(self, process: subprocess.Popen[bytes]) -> bool:
        resident, space = _used_mb(process.pid)
        return resident > self._memory_mb * _WORN_SHARE or space > (self._memory_mb + _SPACE_SLACK_MB) * _WORN_SHARE

    def _write(self, process: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
        try:
            _pipe(process.stdin).write(frames.pack(message))
            _pipe(process.stdin).flush()
        except OSError as error:
            raise self._crash(process) from error

    def _answer(
        self, process: subprocess.Popen[bytes], timeout_s: float, on_tick: Callable[[], None] | None
    ) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        while True:
            if select.select([_pipe(process.stdout)], [], [], _TICK_S)[0]:
                answer = self._read(process)
                if answer is not None:
                    return answer
            if time.monotonic() > deadline:
                raise SandboxFailure("timeout", f"It took longer than {timeout_s:g} seconds.")
            if _used_mb(process.pid)[0] > self._memory_mb:
                raise self._memory_failure()
            if on_tick:
                on_tick()

    def _read(self, process: subprocess.Popen[bytes]) -> dict[str, Any] | None:
        data = os.read(_pipe(process.stdout).fileno(), 1024 * 1024)
        if not data:
            raise self._crash(process)
        try:
            return self._reader.feed(data)
        except frames.BadFrame as error:
            raise SandboxFailure("crashed", "The converter gave an answer that can't be read.") from error

    def _crash(self, process: subprocess.Popen[bytes]) -> SandboxFailure:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        code = process.returncode
        if code == frames.IDLE_EXIT:
            return _FellAsleep("crashed", "The converter ended for want of work.")
        how = f"was ended by {signal.Signals(-code).name}" if code is not None and code < 0 else "ended"
        return SandboxFailure("crashed", f"The converter {how} on it.")

    def _failure(self, answer: dict[str, Any]) -> SandboxFailure:
        if answer["failure"] == "memory":
            self.close()  # after a failed allocation nothing in there can be relied on
            return self._memory_failure()
        return SandboxFailure("engine", f"The converter stopped on it: {answer.get('message', 'no reason given')}")

    def _memory_failure(self) -> SandboxFailure:
        return SandboxFailure("memory", f"It needed more than {self._memory_mb} MB of memory.")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise TypeError("the sandbox was started without its pipes")
    return pipe


def _used_mb(pid: int) -> tuple[float, float]:
    """The process' memory and its address space in MiB."""
    try:
        used = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0.0, 0.0
    return used.rss / (1024 * 1024), used.vms / (1024 * 1024)
