"""What the formats are made of: a job's pages in order, its result's text, its pictures."""

import codecs
from collections.abc import Iterator
from typing import IO

from jobs import storage
from jobs.errors import FilesLost
from jobs.models import Job, Page

# So many pages are in memory at a time.
_PAGES_AT_ONCE = 20
_CHUNK_BYTES = 64 * 1024


def pages(job: Job) -> Iterator[Page]:
    """All pages of a job in order, some at a time: no query stays open while somebody downloads slowly.

    Raises FilesLost when pages go missing meanwhile.
    """
    last, count = 0, 0
    while found := list(job.pages.filter(number__gt=last).order_by("number")[:_PAGES_AT_ONCE]):
        yield from found
        last, count = found[-1].number, count + len(found)
    if count != job.total_pages:
        raise FilesLost("The job was removed while its result was being sent.")


def text(file: IO[bytes]) -> Iterator[str]:
    """The text of an opened file of UTF-8, in pieces."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while chunk := file.read(_CHUNK_BYTES):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def pictures(job: Job) -> list[str]:
    """The names of a job's stored pictures, in order. Raises FilesLost when one of the files is not there."""
    names = list(job.pictures.order_by("name").values_list("name", flat=True))
    missing = sorted(set(names) - storage.pictures(job.job_id)) if names else []
    if missing:
        raise lost(missing[0])
    return names


def picture(job: Job, name: str, size: int) -> Iterator[bytes]:
    """A stored picture in pieces of `size` bytes. Raises FilesLost."""
    try:
        yield from storage.chunks(storage.picture_path(job.job_id, name), size)
    except FileNotFoundError as error:
        raise lost(name) from error


def lost(name: str) -> FilesLost:
    """The refusal of what needs the picture called `name`, which is gone."""
    return FilesLost(
        f"The picture {name} is not in the storage any more. Take another format without pictures, "
        "or upload the PDF again."
    )
