"""What a process need not keep."""

import ctypes


def give_back() -> None:
    """Hand the memory that was freed back to the system, where the C library can: it keeps what the nets have used,
    half of the process. Takes some milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
