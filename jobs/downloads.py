"""Stored files as downloads, read piece by piece whatever the server speaks."""

import time
from collections.abc import AsyncIterator
from pathlib import PurePath

from asgiref.sync import sync_to_async
from django.db.models.fields.files import FieldFile
from django.http import FileResponse

from jobs import services
from jobs.errors import FilesLost
from jobs.models import Job, Reading

_LOST = "The file is not in the storage any more. Tell the operator, and upload the PDF again."
# How often a download says that it still goes on.
_BEAT_S = 60.0


class StoredFile(FileResponse):
    """A stored file. Django would read a plain file whole into memory before an ASGI server gets its first byte."""

    reading: Reading | None = None
    """Keeps the file from being purged while it is sent."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        next_beat = time.monotonic() + _BEAT_S
        while piece := await sync_to_async(lambda: next(pieces, b""))():
            yield piece
            if self.reading and time.monotonic() > next_beat:
                next_beat = time.monotonic() + _BEAT_S
                await sync_to_async(services.go_on_reading)(self.reading)

    def close(self) -> None:
        # First: Django closes the request's database connection in there.
        if self.reading:
            services.end_reading(self.reading)
            self.reading = None
        super().close()


def download(job: Job, file: FieldFile, filename: str, content_type: str) -> StoredFile:
    """`file` of `job` as an attachment called `filename`. Raises Purged."""
    if job.is_purged:
        raise services.purged(job)
    reading = services.begin_reading(job)
    try:
        content = file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        services.end_reading(reading)
        job.refresh_from_db()
        raise services.purged(job) if job.is_purged else FilesLost(_LOST) from error
    response = StoredFile(content, as_attachment=True, filename=filename, content_type=content_type)
    response.reading = reading
    response["X-Content-Type-Options"] = "nosniff"
    return response


def result_filename(filename: str) -> str:
    """The name under which the result of an upload called `filename` is saved."""
    return f"{PurePath(filename).stem or 'document'}.md"
