"""Stored files and what is made of them as downloads, sent piece by piece whatever the server speaks."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import PurePath
from typing import IO

from asgiref.sync import sync_to_async
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from jobs import services
from jobs.errors import FilesLost
from jobs.formats import Format
from jobs.models import Job, Reading

_LOST = "The file is not in the storage any more. Tell the operator, and upload the PDF again."
# How often a download says that it still goes on.
_BEAT_S = 60.0
# Small pieces are sent together: each one is a change of threads.
_SENT_BYTES = 64 * 1024


class Sending(StreamingHttpResponse):
    """A download. Django would read it whole into memory before an ASGI server gets its first byte."""

    reading: Reading | None = None
    """Keeps the files from being purged while they are sent."""
    source: IO[bytes] | None = None
    """What it is made from."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        next_beat = time.monotonic() + _BEAT_S
        try:
            while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
                yield piece
                if self.reading and time.monotonic() > next_beat:
                    next_beat = time.monotonic() + _BEAT_S
                    await sync_to_async(services.go_on_reading)(self.reading)
        except Exception:
            # Django closes what was sent or broken off by the other side, but not what failed.
            await sync_to_async(self.close)()
            raise

    def close(self) -> None:
        # First: Django closes the request's database connection in there.
        if self.reading:
            services.end_reading(self.reading)
            self.reading = None
        super().close()
        if self.source:
            self.source.close()


class StoredFile(Sending, FileResponse):
    """A stored file as it is."""


def download(job: Job, file: FieldFile, filename: str, content_type: str) -> StoredFile:
    """`file` of `job` as an attachment called `filename`. Raises Purged or FilesLost."""
    reading, content = _begun(job, file)
    response = StoredFile(content, as_attachment=True, filename=filename, content_type=content_type)
    response.reading = reading
    response["X-Content-Type-Options"] = "nosniff"
    return response


def download_as(job: Job, form: Format) -> Sending:
    """The result of `job` in another form, as an attachment. Raises Purged or FilesLost."""
    reading, content = _begun(job, job.result)
    try:
        pieces = form.pieces(job, content)
    except BaseException:
        content.close()
        services.end_reading(reading)
        raise
    filename = result_filename(job.filename, form.extension)
    response = Sending(_gathered(pieces), content_type=form.content_type, headers=form.headers)
    response.reading, response.source = reading, content
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def result_filename(filename: str, extension: str = "md") -> str:
    """The name under which the result of an upload called `filename` is saved."""
    return f"{PurePath(filename).stem or 'document'}.{extension}"


def _begun(job: Job, file: FieldFile) -> tuple[Reading, IO[bytes]]:
    """The opened file, and the note that somebody reads it."""
    if job.is_purged:
        raise services.purged(job)
    reading = services.begin_reading(job)
    try:
        return reading, file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        services.end_reading(reading)
        job.refresh_from_db()
        raise services.purged(job) if job.is_purged else FilesLost(_LOST) from error


def _gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, small ones together."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= _SENT_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
