"""Stored files and what is made of them as downloads, sent piece by piece whatever the server speaks."""

import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import IO

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from jobs import services, storage
from jobs.errors import FilesLost
from jobs.formats import Format
from jobs.formats.as_zip import pieces_of_many
from jobs.models import Job, Reading

_LOST = "The file is not in the storage any more. Tell the operator, and upload the PDF again."
# How often a download says that it still goes on.
_BEAT_S = 60.0
# Small pieces are sent together: each one is a change of threads.
_SENT_BYTES = 64 * 1024


class Sending(StreamingHttpResponse):
    """A download. Django would read it whole into memory before an ASGI server gets its first byte."""

    readings: Sequence[Reading] = ()
    """They keep the files from being purged while they are sent."""
    sources: Sequence[IO[bytes]] = ()
    """What it is made from."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        next_beat = time.monotonic() + _BEAT_S
        try:
            while (piece := await sync_to_async(lambda: next(pieces, None))()) is not None:
                yield piece
                if time.monotonic() > next_beat:
                    next_beat = time.monotonic() + _BEAT_S
                    await sync_to_async(self._go_on)()
        except Exception:
            # Django closes what was sent or broken off by the other side, but not what failed.
            await sync_to_async(self.close)()
            raise

    def close(self) -> None:
        # First: Django closes the request's database connection in there.
        readings, self.readings = self.readings, ()
        for reading in readings:
            services.end_reading(reading)
        super().close()
        for source in self.sources:
            source.close()

    def _go_on(self) -> None:
        for reading in self.readings:
            services.go_on_reading(reading)


class StoredFile(Sending, FileResponse):
    """A stored file as it is."""

    block_size = _SENT_BYTES


def sent(request: HttpRequest, job: Job, file: FieldFile, filename: str, content_type: str) -> HttpResponseBase:
    """`file` of `job` as `download` gives it, or where the operator wants that a redirect to the object store.

    Raises Purged or FilesLost.
    """
    if settings.DOWNLOAD_REDIRECT and request.method == "GET" and not _comes_from_script(request):
        address = _signed_address(job, file, filename, content_type)
        if address:
            redirect = HttpResponseRedirect(address, preserve_request=True)
            redirect["Cache-Control"] = "no-store"
            return redirect
    return download(job, file, filename, content_type)


def _comes_from_script(request: HttpRequest) -> bool:
    """Whether a page's script asks: our pages may not fetch from elsewhere, and the store does not know them."""
    return request.headers.get("Sec-Fetch-Dest") == "empty"


def _signed_address(job: Job, file: FieldFile, filename: str, content_type: str) -> str | None:
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": content_disposition_header(True, filename) or "attachment",
        "Cache-Control": "private, no-store",
    }
    # It is not ended here: it holds the files for a while, as long as the address and a download that is begun need.
    with _begun_reading(job) as reading:
        address = storage.signed_url(str(file.name), headers)
    if address is None:
        services.end_reading(reading)
    return address


def download(job: Job, file: FieldFile, filename: str, content_type: str) -> StoredFile:
    """`file` of `job` as an attachment called `filename`. Raises Purged or FilesLost."""
    reading, content = _begun(job, file)
    response = StoredFile(content, as_attachment=True, filename=filename, content_type=content_type)
    response.readings = (reading,)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def download_as(job: Job, form: Format) -> Sending:
    """The result of `job` in another form, as an attachment. Raises Purged or FilesLost."""
    begun = _all_begun([job])
    with _ended_on_failure(begun):
        pieces = form.pieces(job, begun[0][1])
    return _sent(begun, pieces, result_filename(job.filename, form.extension), form.content_type, form.headers)


def download_together(jobs: Sequence[Job], filename: str) -> Sending:
    """The results of some completed jobs as one zip called `filename`. Raises Purged or FilesLost."""
    begun = _all_begun(jobs)
    with _ended_on_failure(begun):
        pieces = pieces_of_many((job, content) for job, (_, content) in zip(jobs, begun, strict=True))
    return _sent(begun, pieces, filename, "application/zip", {})


def result_filename(filename: str, extension: str = "md") -> str:
    """The name under which the result of an upload called `filename` is saved."""
    return f"{PurePath(filename).stem or 'document'}.{extension}"


_Begun = tuple[Reading, IO[bytes]]


def _begun(job: Job, file: FieldFile) -> _Begun:
    """The opened file, and the note that somebody reads it."""
    with _begun_reading(job) as reading:
        return reading, file.open("rb")


@contextmanager
def _begun_reading(job: Job) -> Iterator[Reading]:
    """The note that somebody reads, taken back when what is done here fails. Raises Purged or FilesLost."""
    if job.is_purged:
        raise services.purged(job)
    reading = services.begin_reading(job)
    try:
        yield reading
    except (FileNotFoundError, ValueError) as error:
        services.end_reading(reading)
        job.refresh_from_db()
        raise services.purged(job) if job.is_purged else FilesLost(_LOST) from error
    except BaseException:
        services.end_reading(reading)
        raise


def _all_begun(jobs: Sequence[Job]) -> list[_Begun]:
    begun: list[_Begun] = []
    with _ended_on_failure(begun):
        for job in jobs:
            begun.append(_begun(job, job.result))
    return begun


@contextmanager
def _ended_on_failure(begun: Sequence[_Begun]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for reading, content in begun:
            content.close()
            services.end_reading(reading)
        raise


def _sent(
    begun: Sequence[_Begun], pieces: Iterator[bytes], filename: str, content_type: str, headers: Mapping[str, str]
) -> Sending:
    response = Sending(_gathered(pieces), content_type=content_type, headers=dict(headers))
    response.readings = [reading for reading, _ in begun]
    response.sources = [content for _, content in begun]
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


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
