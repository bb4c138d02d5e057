"""Reading what a page can do without."""

from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def unless_broken(read: Callable[[], _T]) -> _T | None:
    """What is read from somewhere else than the page asked for: where it is broken, that costs this page nothing."""
    try:
        return read()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (PyMuPDF raises whatever it likes)
        return None
