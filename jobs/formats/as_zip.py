"""`zip`: the Markdown with the pictures it refers to."""

from collections.abc import Iterator
from typing import IO

from zipstream import ZIP_DEFLATED, ZipStream

from jobs.formats import reading
from jobs.models import Job
from jobs.storage import PICTURES

_CHUNK_BYTES = 64 * 1024


def pieces(job: Job, markdown: IO[bytes]) -> Iterator[bytes]:
    """The archive for a completed job and its opened result.md, see `Format`."""
    names = reading.pictures(job)
    archive = ZipStream(compress_type=ZIP_DEFLATED)
    archive.add(_chunks(markdown), "result.md", size=job.result_bytes)
    for name in names:
        # PNGs are compressed already. Level 0 copies them; "stored" entries of a length that is only known at their
        # end could not be unpacked by readers that read as they receive.
        archive.add(reading.picture(job, name, _CHUNK_BYTES), f"{PICTURES}/{name}", compress_level=0)
    return iter(archive)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk
