"""The one file that knows where a job's files are. It uses Django's storage API, whatever is behind that."""

import contextlib
import errno
import os
import shutil
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

if TYPE_CHECKING:
    from jobs.object_store import ObjectStore

FOLDER = "jobs"
INPUT = "input.pdf"
METADATA = "metadata.json"
PAGES = "pages.jsonl.gz"
PICTURES = "images"


class StorageTrouble(OSError):
    """The storage can't be used now: it may well be in a while."""


class Entry(NamedTuple):
    """A stored file."""

    name: str
    bytes: int
    modified: datetime


def input_path(job: Any, filename: str) -> str:
    """Where a job's PDF goes (a FileField's `upload_to`)."""
    return f"{folder(job.job_id)}/{INPUT}"


def result_path(job: Any, filename: str) -> str:
    """Where a job's Markdown goes: never where a result is already, which somebody may be reading."""
    if _store() is None:
        return f"{folder(job.job_id)}/result.md"  # the storage picks another name when there is one
    # In an object store two workers that assemble at once, one of them by a lost lease, would write the same name.
    return f"{folder(job.job_id)}/result_{uuid.uuid4().hex[:8]}.md"


def picture_path(job_id: str, name: str) -> str:
    """Where the picture called `name` that was cut out of a job's pages is."""
    return f"{folder(job_id)}/{PICTURES}/{name}"


def folder(job_id: str) -> str:
    return f"{FOLDER}/{job_id}"


def path(name: str | None) -> str:
    """Where on this machine the stored file `name` is, where `is_local`."""
    return default_storage.path(name or "")


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
    if _store() is None:
        os.fsync(file.fileno())
    file.seek(0)
    return Draft(file)


def write(name: str, content: bytes) -> None:
    """Store `content` as `name`, in place of what is there."""
    _make_way(name)
    default_storage.save(name, ContentFile(content))


def write_whole(name: str, content: bytes) -> None:
    """The same, all of it or nothing."""
    if _store():
        write(name, content)
        return
    with draft() as file:
        file.write(content)
        put(name, file)


def put(name: str, file: IO[bytes]) -> None:
    """Store the draft `file` as `name`, in place of what is there."""
    whole = saveable(file)
    _make_way(name)
    default_storage.save(name, whole)


def _make_way(name: str) -> None:
    if _store() is None:  # an object store puts the new file in the place of the old one
        discard(name)


def opened(name: str) -> IO[bytes]:
    """The stored file, to be read. Raises FileNotFoundError."""
    return default_storage.open(name)


def read(name: str) -> bytes:
    """The stored file's content. Raises FileNotFoundError."""
    with _opened_whole(name) as file:
        content: bytes = file.read()
        return content


def chunks(name: str, size: int) -> Iterator[bytes]:
    """The stored file's content in pieces of `size` bytes, the last one shorter. Raises FileNotFoundError."""
    with _opened_whole(name) as file:
        while chunk := file.read(size):
            yield chunk


def _opened_whole(name: str) -> IO[bytes]:
    """The same as `opened`, for who reads all of it."""
    store = _store()
    return store.open_whole(name) if store else opened(name)


def pictures(job_id: str) -> set[str]:
    """The names of the pictures that are stored for a job."""
    try:
        return set(default_storage.listdir(f"{folder(job_id)}/{PICTURES}")[1])
    except FileNotFoundError:
        return set()


def discard(name: str | None) -> None:
    """Remove one stored file; nothing happens when it is gone."""
    if name:
        default_storage.delete(name)


def discard_folder(job_id: str) -> None:
    """Remove all files of a job; nothing happens when they are gone. Raises OSError when one can't be removed."""
    _discard_tree(folder(job_id))


def discard_other_results(job_id: str, kept: str | None) -> None:
    """Remove the results in a job's folder that an assembling left when it was killed, all but the one named `kept`."""
    _discard_all([name for name in files(job_id) if Path(name).name.startswith("result") and name != kept])


def discard_other_pictures(job_id: str, kept: Collection[str]) -> None:
    """Remove the pictures in a job's folder that no row names: of pages that were begun by somebody who was killed."""
    _discard_all([picture_path(job_id, name) for name in pictures(job_id).difference(kept)])


def discard_unfinished(before: datetime) -> int:
    """Remove what began to be stored before that moment by somebody who was killed; how many files that would be."""
    store = _store()
    return store.abort_unfinished(FOLDER, before) if store else 0


def files(job_id: str) -> Iterator[str]:
    """The names of all stored files of a job."""
    store = _store()
    yield from (entry.name for entry in store.entries(folder(job_id))) if store else _tree(folder(job_id))


def bytes_of(job_id: str) -> int:
    """How much room the files of a job take."""
    return sum(entry.bytes for entry in _entries(job_id))


def copy_pictures(source: str, target: str) -> int:
    """Copy the pictures of the job called `source` to the one called `target`; how many. Raises FileNotFoundError."""
    names = pictures(source)
    for name in names:
        _copy(picture_path(source, name), picture_path(target, name))
    return len(names)


def _copy(source: str, target: str) -> None:
    if store := _store():
        store.copy(source, target)
        return
    with default_storage.open(source) as file:
        default_storage.save(target, file)


def discard_pictures(job_id: str) -> None:
    """Remove the pictures of a job; nothing happens when there are none."""
    _discard_tree(f"{folder(job_id)}/{PICTURES}")


def folders() -> Iterator[str]:
    """The job ids that have a folder."""
    with contextlib.suppress(FileNotFoundError):
        yield from default_storage.listdir(FOLDER)[0]


def is_older_than(job_id: str, moment: datetime) -> bool:
    """Whether all files of a job's folder were there before `moment`; of an empty folder too."""
    return all(entry.modified < moment for entry in _entries(job_id))


def prepare() -> None:
    """Make the folders, and clear away what a killed process was just receiving. Only while nobody uploads."""
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True, exist_ok=True)


def is_writable() -> bool:
    """Whether files can be received and stored now."""
    try:
        with draft() as file:
            file.write(b"ok")
            file.flush()
        if store := _store():
            store.probe()
    except OSError:
        return False
    return True


def signed_url(name: str, headers: dict[str, str]) -> str | None:
    """An address of the object store where the file can be fetched for a while, with these headers; None without such
    a store. Raises FileNotFoundError."""
    store = _store()
    if store is None:
        return None
    store.size(name)
    return store.signed_url(name, settings.SIGNED_SECONDS, headers)


def described() -> str:
    """Where files are stored, for operators' eyes; no secrets."""
    store = _store()
    if store is None:
        return str(settings.MEDIA_ROOT) if is_local() else type(default_storage).__name__
    place = f"{store.bucket_name}/{store.location}".rstrip("/")
    return f"the bucket {place} at {store.endpoint_url or 'AWS'}"


def free_bytes() -> int:
    """Free room on the disk where uploads arrive (and, with local storage, stay)."""
    place = Path(settings.FILE_UPLOAD_TEMP_DIR)
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def is_full(error: BaseException) -> bool:
    """Whether `error` says that a disk or a quota has no room left."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def is_local() -> bool:
    """Whether the stored files are on a disk of this machine."""
    # isinstance sees through Django's lazy default_storage.
    return isinstance(default_storage, FileSystemStorage)


def _store() -> "ObjectStore | None":
    """The object store, where files are in one."""
    # Not by its class: its libraries are loaded only where it is used.
    store: Any = default_storage if hasattr(default_storage, "entries") else None
    return store  # type: ignore[no-any-return]


def _entries(job_id: str) -> Iterator[Entry]:
    if store := _store():
        yield from store.entries(folder(job_id))
        return
    for name in files(job_id):
        yield Entry(name, default_storage.size(name), default_storage.get_modified_time(name))


def _tree(name: str) -> Iterator[str]:
    try:
        inner, names = default_storage.listdir(name)
    except FileNotFoundError:
        return
    for entry in names:
        yield f"{name}/{entry}"
    for entry in inner:
        yield from _tree(f"{name}/{entry}")


def _discard_all(names: Collection[str]) -> None:
    if store := _store():
        store.delete_all(names)
        return
    for name in names:
        discard(name)


def _discard_tree(name: str) -> None:
    if store := _store():
        store.delete_all(entry.name for entry in store.entries(name))
        return
    try:
        inner, names = default_storage.listdir(name)
    except FileNotFoundError:
        return
    for entry in names:
        default_storage.delete(f"{name}/{entry}")
    for entry in inner:
        _discard_tree(f"{name}/{entry}")
    # A folder of its own exists only on disks; in an object store it is gone with its last file.
    if is_local():
        with contextlib.suppress(FileNotFoundError):
            default_storage.delete(name)
