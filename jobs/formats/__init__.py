"""The kinds of result beside the stored Markdown: made while they are sent, so memory does not grow with the document.

A new kind is one file with a function that gives its pieces, and a line in `FORMATS`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from jobs.formats import as_html, as_json, as_text, as_zip
from jobs.models import Job

STORED = "md"

Pieces = Callable[[Job, IO[bytes]], Iterator[bytes]]


@dataclass(frozen=True)
class Format:
    """`pieces` gives the content for a completed job and its opened result.md. It raises FilesLost at once where a
    file is missing, and while it is read out when something goes missing meanwhile: what is cut off must not look
    whole. `headers` are sent with it."""

    extension: str
    content_type: str
    pieces: Pieces
    headers: Mapping[str, str] = field(default_factory=dict)


FORMATS = {
    "html": Format("html", "text/html; charset=utf-8", as_html.pieces, {"Content-Security-Policy": as_html.POLICY}),
    "text": Format("txt", "text/plain; charset=utf-8", as_text.pieces),
    "json": Format("json", "application/json", as_json.pieces),
    "zip": Format("zip", "application/zip", as_zip.pieces),
}
NAMES = (STORED, *FORMATS)
