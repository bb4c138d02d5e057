"""An engine whose pages can be told apart and counted.

The prompt says how, "mark:4711 slow:0.1 log:/some/file":

mark  a word that each page carries with its number, so that a page of another job would be seen
slow  seconds that every page takes
log   a file that gets a line for each page that is begun
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs.engines import Markdown


class MarkingDocument:
    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        asked = dict(word.partition(":")[::2] for word in options.get("prompt", "").split())
        text = text_of(asked.get("mark", ""), number)
        if "log" in asked:
            _append(asked["log"], text)
        time.sleep(float(asked.get("slow", 0)))
        return Markdown(text)

    def close(self) -> None: ...


def text_of(mark: str, number: int) -> str:
    """The Markdown of page `number`."""
    return f"page-{mark}-{number}-end"


def open(path: str, password: str) -> MarkingDocument:  # noqa: A001 (the engines' own word)
    assert Path(path).read_bytes().startswith(b"%PDF-")
    return MarkingDocument()


def _append(path: str, line: str) -> None:
    # One write to a file opened so is never mixed with another one's.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)
