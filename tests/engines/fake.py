"""An engine that does what a test asks for, at once and without PyMuPDF; `text_of` is its Markdown.

The prompt says what happens on which page, "crash:3 slow:0.2 fail:2,5":

crash   the process aborts
kill    the process ends itself with SIGKILL
leave   the process ends in order, with exit code 0
hang    nothing is ever answered
eat     memory is taken without end
grow    64 MB are taken and kept
fail    the engine raises
curse   the engine raises, with a message that no database takes
noise   the engine prints to stdout, from Python and past it
blank   the page has no text, and the engine says so
slow    seconds that every page takes
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jobs.engines import Markdown

_BITE = 16 * 1024 * 1024
_kept: list[bytes] = []


class FakeDocument:
    def __init__(self, path: str, password: str) -> None:
        if not Path(path).read_bytes().startswith(b"%PDF-"):
            raise ValueError("no PDF")
        self.password = password

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        asked = dict(word.partition(":")[::2] for word in options.get("prompt", "").split())
        time.sleep(float(asked.pop("slow", 0)))
        for deed, numbers in asked.items():
            if str(number) in numbers.split(","):
                DEEDS[deed]()
                if deed == "blank":
                    return Markdown("", [f"Page {number} has no text that could be read."], source="none")
        return Markdown(text_of(number))

    def close(self) -> None: ...


def text_of(number: int) -> str:
    """The Markdown that this engine makes of page `number`."""
    return f"# Page {number}\n\nText of page {number}."


def open(path: str, password: str) -> FakeDocument:  # noqa: A001 (the engines' own word)
    return FakeDocument(path, password)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang() -> None:
    while True:
        time.sleep(3600)


def _eat() -> None:
    eaten = []
    while True:
        eaten.append(b"x" * _BITE)
        time.sleep(0.01)  # slowly enough to be seen, fast enough to be soon over


def _grow() -> None:
    _kept.extend(b"x" * _BITE for _ in range(4))


def _fail() -> None:
    raise RuntimeError("the page does not please")


def _curse() -> None:
    raise RuntimeError("half a pair \ud800 and \0")


def _noise() -> None:
    print("a library says hello")
    sys.stdout.flush()
    os.write(1, b"\x00\x00\xff\xff past Python")


DEEDS: dict[str, Callable[[], object]] = {
    "crash": os.abort,
    "kill": _kill,
    "leave": sys.exit,
    "hang": _hang,
    "eat": _eat,
    "grow": _grow,
    "fail": _fail,
    "curse": _curse,
    "noise": _noise,
    "blank": lambda: None,
}
