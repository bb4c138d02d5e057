"""PyMuPDF without its nets: `from jobs.engines.fast_rules.loading import pymupdf`.

PyMuPDF imports both of the packages below by itself, and with them the nets and what runs them. Without, it loads in a
quarter of the time and memory. They are only kept away while it loads: whoever needs the nets can import them later.
"""

import sys

if "pymupdf" in sys.modules:
    import pymupdf
else:
    sys.modules["pymupdf.layout"] = sys.modules["pymupdf4llm"] = None  # type: ignore[assignment]
    import pymupdf

    del sys.modules["pymupdf.layout"], sys.modules["pymupdf4llm"]

__all__ = ["pymupdf"]
