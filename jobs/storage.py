"""The one file that knows where a job's files are."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

FOLDER = "jobs"


def input_path(job: Any, filename: str) -> str:
    """Where a job's PDF goes (a FileField's `upload_to`)."""
    return f"{folder(job.job_id)}/input.pdf"


def result_path(job: Any, filename: str) -> str:
    """Where a job's Markdown goes; storage picks another name when there is one already."""
    return f"{folder(job.job_id)}/result.md"


def folder(job_id: str) -> str:
    return f"{FOLDER}/{job_id}"


@contextmanager
def local_path(name: str | None) -> Iterator[str]:
    """A path on this machine under which the stored file `name` can be opened."""
    yield default_storage.path(name or "")


class Draft(File):  # type: ignore[type-arg]
    """A file in the making; saving it moves it into place."""

    def temporary_file_path(self) -> str:
        """Tells the storage that the file may be moved instead of copied."""
        return str(self.file.name)  # type: ignore[union-attr]


@contextmanager
def draft() -> Iterator[IO[bytes]]:
    """A new empty file on the disk of the stored ones, gone afterwards unless it was saved.

    Give it to `saveable` when all is written.
    """
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    incoming.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=incoming, suffix=".draft", delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def saveable(file: IO[bytes]) -> Draft:
    """The draft `file` for a FileField, on the disk for good: a row must never point at what a power cut can take."""
    file.flush()
    os.fsync(file.fileno())
    return Draft(file)


def discard(name: str | None) -> None:
    """Remove one stored file; nothing happens when it is gone."""
    if name:
        default_storage.delete(name)


def discard_folder(job_id: str) -> None:
    """Remove all files of a job; nothing happens when they are gone."""
    shutil.rmtree(default_storage.path(folder(job_id)), ignore_errors=True)


def discard_other_results(job_id: str, kept: str | None) -> None:
    """Remove the results in a job's folder that an assembling left when it was killed, all but the one named `kept`."""
    _, names = default_storage.listdir(folder(job_id))
    for name in names:
        stored = f"{folder(job_id)}/{name}"
        if name.startswith("result") and stored != kept:
            discard(stored)


def folders_older_than(timestamp: float) -> Iterator[str]:
    """The job ids whose folder was last changed before `timestamp` (seconds since 1970)."""
    try:
        entries = list(os.scandir(default_storage.path(FOLDER)))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir() and entry.stat().st_mtime < timestamp:
            yield entry.name


def prepare() -> None:
    """Make the folders, and clear away what a killed process was just receiving. Only while nobody uploads."""
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True, exist_ok=True)


def is_writable() -> bool:
    """Whether files can be stored now."""
    try:
        with draft() as file:
            file.write(b"ok")
            file.flush()
    except OSError:
        return False
    return True
