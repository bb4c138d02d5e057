"""An engine that does what a test asks for, at once and without PyMuPDF; `text_of` is its Markdown.

The prompt says what happens on which page, "crash:3 slow:0.2 fail:2,5":

crash   the process aborts
kill    the process ends itself with SIGKILL
leave   the process ends in order, with exit code 0
hang    nothing is ever answered
eat     memory is taken without end
choke   a library says in its own words that there is no memory
map     900 MB of address space are taken and not used
grow    64 MB are taken and kept
fail    the engine raises
soon    the engine raises until the file `soon` is beside the PDF
curse   the engine raises, with a message that no database takes
noise   the engine prints to stdout, from Python and past it
blank   the page has no text, and the engine says so
photo   the page has a picture of its own
logo    the page has the picture that all such pages have, after its photo
forged  the page's picture is none
slow    seconds that every page takes
until   the path of a file: no page, or none from page `from` on, is made before that is there
"""

import mmap
import os
import signal
import struct
import sys
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jobs.engines import PICTURE_NAME, Markdown, Picture

_BITE = 16 * 1024 * 1024
_kept: list[bytes] = []
_mapped: list[mmap.mmap] = []


class FakeDocument:
    def __init__(self, path: str, password: str) -> None:
        if not Path(path).read_bytes().startswith(b"%PDF-"):
            raise ValueError("no PDF")
        self.password = password
        self.sign = Path(path).with_name("soon")

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        asked = dict(word.partition(":")[::2] for word in options.get("prompt", "").split())
        time.sleep(float(asked.pop("slow", 0)))
        sign, first = Path(asked.pop("until", "/")), int(asked.pop("from", 1))
        while number >= first and not sign.exists():
            time.sleep(0.05)
        here = [deed for deed, numbers in asked.items() if str(number) in numbers.split(",")]
        for deed in here:
            DEEDS[deed]()
        if "soon" in here and not self.sign.exists():
            raise RuntimeError("not yet")
        if "blank" in here:
            return Markdown("", [f"Page {number} has no text that could be read."], source="none")
        return _with_pictures(number, [PICTURES[deed](number) for deed in here if deed in PICTURES])

    def close(self) -> None: ...


def text_of(number: int) -> str:
    """The Markdown that this engine makes of page `number`."""
    return f"# Page {number}\n\nText of page {number}."


def png(width: int, shade: int = 0) -> bytes:
    """A grey picture, one pixel high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes([0, *[shade] * width]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


PICTURES: dict[str, Callable[[int], bytes]] = {
    "photo": png,
    "logo": lambda number: png(9999),
    "forged": lambda number: b"<svg onload='alert(1)'/>",
}


def _with_pictures(number: int, files: list[bytes]) -> Markdown:
    """The page with its pictures below the text, told as a block each."""
    text, blocks, pictures = text_of(number), [], []
    for count, file in enumerate(files, start=1):
        name = PICTURE_NAME.format(number, count)
        link = f"![Picture {count}](images/{name})"
        place = {"at": len(text) + 2, "to": len(text) + 2 + len(link)}
        blocks.append({"type": "picture", "text": "", "bbox": [0, 0, 9, 9], "image": name, **place})
        pictures.append(Picture(name, b64encode(file).decode(), 1, 1))
        text += f"\n\n{link}"
    return Markdown(text, blocks=blocks, pictures=pictures)


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


def _choke() -> None:
    raise RuntimeError("[ONNXRuntimeError] : 1 : FAIL : std::bad_alloc")


def _map() -> None:
    _mapped.append(mmap.mmap(-1, 900 * 1024 * 1024))


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
    "choke": _choke,
    "map": _map,
    "grow": _grow,
    "fail": _fail,
    "curse": _curse,
    "noise": _noise,
    "soon": lambda: None,
    "blank": lambda: None,
    **dict.fromkeys(PICTURES, lambda: None),
}
