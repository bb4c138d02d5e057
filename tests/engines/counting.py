"""An engine that tells how often it was asked to open a document: the first part of its Markdown."""

import time
from collections.abc import Mapping
from typing import Any

from jobs.engines import Markdown

_opened = 0


class CountingDocument:
    """Opening takes the seconds that the password says, a page a little time."""

    def __init__(self, password: str) -> None:
        time.sleep(float(password or 0))

    def convert(self, number: int, options: Mapping[str, Any]) -> Markdown:
        time.sleep(0.001)
        return Markdown(str(_opened))

    def close(self) -> None: ...


def open(path: str, password: str) -> CountingDocument:  # noqa: A001 (the engines' own word)
    global _opened  # noqa: PLW0603 (a process has one engine)
    _opened += 1
    return CountingDocument(password)
