"""What a process need not keep."""

import ctypes
import sys


def give_back() -> None:
    """Empty MuPDF's store, which keeps the fonts and pictures of all pages so far, and hand the memory that was freed
    back to the system, where the C library can: it keeps what the nets have used, half of the process. Takes some
    milliseconds; what the next page needs of the store is read again."""
    mupdf = sys.modules.get("pymupdf")  # loaded by the engine, each in its own way
    if mupdf:
        mupdf.TOOLS.store_shrink(100)
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
