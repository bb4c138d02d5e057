"""Convert many files and wait for them. Each is a job like any other: who stops waiting loses nothing."""

import shutil
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile

from jobs.clock import Now
from jobs.errors import Problem, StorageFull, TooLarge, TooManyActivePages
from jobs.limits import limits
from jobs.models import Event, Job, Page, Reading
from jobs.models.event import note
from jobs.models.job import Removal
from jobs.services import batch_pictures, lifecycle, removal
from jobs.services.admission import check_disk, check_limits
from jobs.services.batch_files import Wanted, check_target, printable, write_whole
from jobs.services.submission import Options, submit, too_large_detail

_BEAT_S = 60.0


@dataclass(frozen=True)
class How:
    """How to convert, as `submit` takes it. force: results may replace files; delete: the jobs go when written;
    reuse: pages may come from an earlier job."""

    options: Options
    engine: str | None = None
    prompt: str = ""
    password: str = ""
    force: bool = False
    delete: bool = False
    reuse: bool = True


@dataclass(frozen=True)
class Ended:
    """What became of one file. `job` is None when it was refused; `problem` is empty when the target was written."""

    file: Wanted
    job: Job | None
    problem: str
    failed: list[Page]
    """The job's pages that could not be converted."""

    @property
    def is_whole(self) -> bool:
        """Whether all of its pages are in the target."""
        return not self.problem and self.job is not None and self.job.pages_failed == 0


@dataclass
class _Underway:
    file: Wanted
    job: Job
    reading: Reading
    """Keeps the result from being purged until it is written."""


class Batch:
    """Call `step` again and again, with a little pause, until `is_over`; `leave` at the end, however it came."""

    def __init__(self, files: Iterable[Wanted], how: How) -> None:
        self._waiting = deque(files)
        self._how = how
        self._underway: dict[int, _Underway] = {}
        self._ended_pages = 0
        self._is_full = False
        self._next_beat = time.monotonic() + _BEAT_S

    @property
    def is_over(self) -> bool:
        return not self._waiting and not self._underway

    @property
    def has_to_wait(self) -> bool:
        """Whether `step` can do nothing at once: no file is left to take in, or there is no room for it."""
        return self._is_full or not self._waiting

    @property
    def pages_done(self) -> int:
        return self._ended_pages + sum(each.job.pages_done for each in self._underway.values())

    @property
    def total_pages(self) -> int:
        """Of the files that were taken in so far."""
        return self._ended_pages + sum(each.job.total_pages for each in self._underway.values())

    @property
    def files_left(self) -> int:
        """Files that were not taken in yet."""
        return len(self._waiting)

    @property
    def jobs(self) -> list[Job]:
        """Those under way."""
        return [each.job for each in self._underway.values()]

    def step(self) -> list[Ended]:
        """Take the next file in if there is room, and look after those under way; what has ended."""
        refused = self._take_in(self._waiting.popleft()) if self._waiting else None
        self._beat()
        return ([refused] if refused else []) + list(self._collect())

    def leave(self) -> None:
        """Wait no longer; the jobs go on without us."""
        for each in self._underway.values():
            lifecycle.end_reading(each.reading)

    def _take_in(self, file: Wanted) -> Ended | None:
        try:
            check_target(file.target, self._how.force)
            if self._how.options.images:
                batch_pictures.check_folder(file.target, self._how.force)
            job = _submitted(file.source, self._how)
        except (Problem, OSError) as error:
            self._is_full = isinstance(error, StorageFull | TooManyActivePages) and bool(self._underway)
            if self._is_full:
                self._waiting.appendleft(file)  # there is room when one of ours has ended
                return None
            return Ended(file, None, _sentence(error), [])
        self._is_full = False
        reading = Reading.objects.create(job=job, until=Now())
        lifecycle.go_on_reading(reading)
        self._underway[job.pk] = _Underway(file, job, reading)
        return None

    def _beat(self) -> None:
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + _BEAT_S
            for each in self._underway.values():
                lifecycle.go_on_reading(each.reading)

    def _collect(self) -> Iterator[Ended]:
        there = Job.objects.exclude(removal=Removal.DELETING).in_bulk(list(self._underway))
        for key, each in list(self._underway.items()):
            each.job = there.get(key, each.job)
            if key in there and not each.job.is_finished:
                continue
            failed = list(each.job.pages.light().filter(status=Page.Status.FAILED))
            problem = self._deliver(each) if key in there else "Somebody deleted the job meanwhile."
            lifecycle.end_reading(each.reading)
            del self._underway[key]
            self._ended_pages += each.job.total_pages
            yield Ended(each.file, each.job, problem, failed)

    def _deliver(self, each: _Underway) -> str:
        """Write the result of a finished job; what went wrong, if anything did."""
        if each.job.status != Job.Status.COMPLETED:
            return each.job.error or f"The job was {each.job.status}."
        if each.job.is_purged:
            return lifecycle.purged(each.job).detail
        try:
            with batch_pictures.written(each.job, each.file.target, self._how.force):
                _write_result(each.job, each.file.target, self._how.force)
        except OSError as error:
            return f"{_sentence(error)} The result stays in the job {each.job.job_id}."
        if self._how.delete:
            removal.delete(each.job)
        else:
            note(each.job.pk, Event.Kind.DOWNLOADED, f"to {printable(each.file.target.name)}")
        return ""


def _write_result(job: Job, target: Path, force: bool) -> None:
    with job.result.open("rb") as result:
        lines = batch_pictures.redirected(result, target) if job.pictures.exists() else result
        write_whole(lines, target, force)


def _submitted(source: Path, how: How) -> Job:
    """`source` as a job. Raises a Problem, or OSError when it can't be read or copied."""
    size = source.stat().st_size
    if size > limits().upload_bytes:
        raise TooLarge(too_large_detail(size))
    check_limits(size)
    check_disk(size)
    with _received(source, size) as file:
        return submit(
            owner=None,
            file=file,
            options=how.options,
            engine=how.engine,
            prompt=how.prompt,
            password=how.password,
            reuse=how.reuse,
        )


@contextmanager
def _received(source: Path, size: int) -> Iterator[TemporaryUploadedFile]:
    """A copy of `source`, as if it had been uploaded: taking it in moves it."""
    with TemporaryUploadedFile(printable(source.name), "application/pdf", size, None) as copy:
        with source.open("rb") as original:
            shutil.copyfileobj(original, copy)
        copy.seek(0)
        yield copy


def _sentence(error: Problem | OSError) -> str:
    if isinstance(error, Problem):
        return error.detail
    named = f"{printable(error.filename)}: " if error.filename else ""
    return f"{named}{error.strerror or error}."
