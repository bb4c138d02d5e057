"""`zip`: the Markdown with the pictures it refers to, of one job or of several."""

from collections.abc import Iterable, Iterator
from typing import IO

from zipstream import ZIP_DEFLATED, ZipStream

from jobs.formats import reading
from jobs.models import Job
from jobs.storage import PICTURES

_CHUNK_BYTES = 64 * 1024


def pieces(job: Job, markdown: IO[bytes]) -> Iterator[bytes]:
    """The archive for a completed job and its opened result.md, see `Format`."""
    archive = ZipStream(compress_type=ZIP_DEFLATED)
    _add(archive, "", job, markdown)
    return iter(archive)


def pieces_of_many(results: Iterable[tuple[Job, IO[bytes]]]) -> Iterator[bytes]:
    """The archive for several completed jobs, each with its opened result.md, in a folder of its id each.

    Raises FilesLost as a `Format` does.
    """
    archive = ZipStream(compress_type=ZIP_DEFLATED)
    for job, markdown in results:
        _add(archive, f"{job.job_id}/", job, markdown)
    return iter(archive)


def _add(archive: ZipStream, folder: str, job: Job, markdown: IO[bytes]) -> None:
    names = reading.pictures(job)
    archive.add(_chunks(markdown), f"{folder}result.md", size=job.result_bytes)
    for name in names:
        # PNGs are compressed already. Level 0 copies them; "stored" entries of a length that is only known at their
        # end could not be unpacked by readers that read as they receive.
        archive.add(reading.picture(job, name, _CHUNK_BYTES), f"{folder}{PICTURES}/{name}", compress_level=0)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk
