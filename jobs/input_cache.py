"""This machine's copies of PDFs that are stored elsewhere, for those who have to open them as files.

Each is fetched once for all processes of the machine, whole or not at all. It has a lock file: who uses the copy shares
the lock, who fetches or removes it has it alone. The kernel frees the locks of whoever dies.
"""

import errno
import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, repeat
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from jobs import storage
from jobs.limits import MIB, limits
from jobs.models import Job
from jobs.models.job import ACTIVE

logger = logging.getLogger(__name__)

_CHUNK = MIB
# How long somebody who fetches is waited for before each look: a small PDF is soon there.
_WAITS_S = (*(0.005,) * 20, *(0.02,) * 20, 0.1)
_AT_ONCE = 500
# So small a PDF is fetched within a moment.
_SMALL = 8 * MIB
_MOMENT_S = (0.005,) * 40
# The PDF of a finished job is still drawn for those who look at its pages.
_KEPT_S = 600.0


class InputLost(Exception):
    """The PDF of a job is not in the storage any more, or is not what was uploaded."""


class _Copy(NamedTuple):
    """The files of one job's copy: the PDF, the PDF while it is fetched, and the lock."""

    pdf: Path
    part: Path
    lock: Path

    @property
    def bytes(self) -> int:
        return sum(size for size, _ in map(_seen, (self.pdf, self.part)))

    @property
    def used_at(self) -> float:
        return max(moment for _, moment in map(_seen, (self.pdf, self.part)))


@contextmanager
def local_path(job: Any, on_tick: Callable[[], None] = lambda: None) -> Iterator[str]:
    """A path on this machine under which the PDF of `job` can be opened for the while: itself, or a copy.

    on_tick is called before it is fetched, and again and again while it is fetched or waited for. Raises InputLost,
    OSError (of the storage, or when there is no room on this machine), and what on_tick raises.
    """
    if storage.is_local():
        yield storage.path(job.input.name)
        return
    copy = _copy(job.job_id)
    for wait_s in chain(_WAITS_S, repeat(_WAITS_S[-1])):
        with _lock(copy, fcntl.LOCK_SH) as is_ours:
            if is_ours and _seen(copy.pdf)[0] == job.input_bytes:
                os.utime(copy.pdf)
                yield str(copy.pdf)
                return
        if not _fetched_alone(copy, job, on_tick):
            time.sleep(wait_s)
            on_tick()


def prefetch(job: Any) -> None:
    """Have the PDF of `job` here if it is a small one: fetch it, or wait a moment for whoever is at it.

    Nobody is told if that fails: who needs it tries again.
    """
    if storage.is_local() or job.input_bytes > _SMALL:
        return
    copy = _copy(job.job_id)
    with suppress(InputLost, OSError):
        for wait_s in _MOMENT_S:
            if _seen(copy.pdf)[0] == job.input_bytes or _fetched_alone(copy, job, lambda: None):
                return
            time.sleep(wait_s)


def forget(job_id: str) -> bool:
    """Remove the copy of a job's PDF, unless somebody uses it; whether there is none any more."""
    return _removed(_copy(job_id))


def sweep() -> int:
    """Remove the copies that are needed no longer, and what killed processes were just fetching; how many."""
    names = sorted({path.stem for path in _files()})
    removed = 0
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        stored = dict(Job.objects.stored().filter(job_id__in=some).values_list("job_id", "status"))
        removed += sum(_swept(_copy(name), stored.get(name)) for name in some)
    return removed


def _swept(copy: _Copy, status: str | None) -> bool:
    if status is None or (status not in ACTIVE and time.time() - copy.used_at > _KEPT_S) or not copy.pdf.exists():
        return _removed(copy)
    return False


def _fetched_alone(copy: _Copy, job: Any, on_tick: Callable[[], None]) -> bool:
    """Whether nobody was at the copy, and so it is here now. Raises what `local_path` does.

    The lock is not waited for: who has fetched it meanwhile shares it, and may use it for long.
    """
    with _lock(copy, fcntl.LOCK_EX) as is_ours:
        if is_ours and _seen(copy.pdf)[0] != job.input_bytes:
            _fetch(copy, job, on_tick)
        return is_ours


def _fetch(copy: _Copy, job: Any, on_tick: Callable[[], None]) -> None:
    on_tick()
    try:
        with _room_for(copy, job.input_bytes) as file:
            for chunk in storage.chunks(job.input.name, _CHUNK):
                file.write(chunk)
                on_tick()
            length = file.tell()
            file.flush()
            os.fsync(file.fileno())
        if length != job.input_bytes:
            raise InputLost(f"The stored PDF has {length} bytes instead of {job.input_bytes}. Upload it again.")
        copy.part.replace(copy.pdf)
    except FileNotFoundError as error:
        raise InputLost("The PDF is not in the storage any more. Upload it again.") from error
    finally:
        copy.part.unlink(missing_ok=True)


@contextmanager
def _room_for(copy: _Copy, size: int) -> Iterator[Any]:
    """The file to fetch to, for which room was made: it counts with its full size from now on. Raises OSError."""
    with copy.part.open("wb") as file:
        with (settings.CACHE_DIR / "room").open("w") as room:
            fcntl.flock(room, fcntl.LOCK_EX)
            _make_room(copy, size)
            file.truncate(size)
        yield file


def _make_room(wanted: _Copy, size: int) -> None:
    """Remove what was used least recently until `size` bytes for `wanted` fit.

    Raises OSError when too much is in use.
    """
    most, reserve = int(settings.CACHE_GB * 1024 * MIB), limits().free_disk_bytes
    files = _files()
    used = sum(_seen(path)[0] for path in files)
    others = {_copy(path.stem) for path in files} - {wanted}
    for copy in sorted(others, key=lambda copy: copy.used_at):
        if used + size <= most and storage.free_bytes() - size >= reserve:
            return
        length = copy.bytes
        if length and _removed(copy):
            used -= length
    # What is alone may be larger than all that is allowed: it could never be converted otherwise.
    if (used and used + size > most) or storage.free_bytes() - size < reserve:
        raise OSError(errno.ENOSPC, "There is no room for another PDF in this machine's cache (PDFJOBS_CACHE_GB)")


def _removed(copy: _Copy) -> bool:
    """Whether it is gone; somebody who uses it keeps it."""
    try:
        descriptor = os.open(copy.lock, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        if not _tried(descriptor, fcntl.LOCK_EX) or not _is_still(descriptor, copy.lock):
            return False
        # The lock last: as long as it is there, nobody else makes one of his own.
        for path in (copy.part, copy.pdf, copy.lock):
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)
    return True


@contextmanager
def _lock(copy: _Copy, how: int) -> Iterator[bool]:
    """Whether we hold the copy's lock while this is entered: alone (LOCK_EX) or with others (LOCK_SH)."""
    copy.lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(copy.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _tried(descriptor, how) and _is_still(descriptor, copy.lock)
    finally:
        os.close(descriptor)


def _tried(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(descriptor: int, path: Path) -> bool:
    """Whether the open file is the one at `path`, and was not removed while we waited for it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _seen(path: Path) -> tuple[int, float]:
    """Size in bytes and time of last use of a file; 0 and 0 for one that is not there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0.0
    return found.st_size, found.st_mtime


def _copy(job_id: str) -> _Copy:
    folder: Path = settings.CACHE_DIR
    return _Copy(folder / f"{job_id}.pdf", folder / f"{job_id}.part", folder / f"{job_id}.lock")


def _files() -> list[Path]:
    """All files of copies."""
    folder: Path = settings.CACHE_DIR
    return [path for path in folder.glob("*.*") if path.suffix in (".pdf", ".part", ".lock")]
