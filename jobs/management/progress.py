"""What `convert` shows: a bar over the pages where there is a terminal, else lines; and a word on each file."""

import time
from collections.abc import Iterator

from django.core.management.base import OutputWrapper
from tqdm import tqdm

from jobs.models import Node
from jobs.room import has_no_room
from jobs.services.batch import Batch, Ended
from jobs.services.batch_files import printable

_LINE_S = 10.0  # how often the progress is said where there is no terminal
_MOST = 5  # of a file's failed pages or warnings that are told


class Progress:
    """Words on files go to `stdout`, all that passes to `stderr`."""

    def __init__(self, stdout: OutputWrapper, stderr: OutputWrapper) -> None:
        self._stdout, self._stderr = stdout, stderr
        self._has_bar = stderr.isatty()
        self._bar = tqdm(total=0, unit="page", leave=False, disable=not self._has_bar, dynamic_ncols=True)
        self._next_line = time.monotonic() + _LINE_S
        self._trouble = ""

    def say(self, *lines: str) -> None:
        self._bar.clear()
        for line in lines:
            self._stdout.write(line)
        self._stdout.flush()
        self._bar.refresh()

    def tell(self, ended: Ended) -> None:
        """Say what became of a file."""
        self.say(*_report(ended))

    def show(self, batch: Batch, with_own_workers: bool) -> None:
        """Bring bar or lines up to date, and say once why nothing goes on, if nothing can."""
        self._bar.total, self._bar.n = batch.total_pages, batch.pages_done
        self._bar.refresh()
        if not self._has_bar and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_S
            later = f", {batch.files_left} files to come" if batch.files_left else ""
            self._stderr.write(f"{batch.pages_done} of {batch.total_pages} pages{later}")
        trouble = _trouble(with_own_workers)
        if trouble and trouble != self._trouble:
            self.say(trouble)
        self._trouble = trouble

    def close(self) -> None:
        self._bar.close()


def farewell(batch: Batch) -> str:
    """What an interrupted batch leaves behind, and how to see it."""
    lines = ["Stopped."]
    if batch.jobs:
        lines.append(f"{len(batch.jobs)} jobs stay, with the pages made so far:")
        lines += [f"  {job.job_id}" for job in batch.jobs]
        lines.append("They go on while the server runs (`manage.py serve`); its page and its admin show them.")
    if batch.files_left:
        lines.append(f"{batch.files_left} files were not begun.")
    return "\n".join(lines)


def _report(ended: Ended) -> Iterator[str]:
    source, job = printable(ended.file.source), ended.job
    if ended.problem or job is None:
        yield f"{source}: {ended.problem}"
        return
    made = f"{job.total_pages - job.pages_failed} of {job.total_pages} pages"
    yield f"{source}: {made} in {printable(ended.file.target)}"
    yield from _some([f"page {page.number} failed: {page.error}" for page in ended.failed])
    yield from _some(job.warnings)


def _some(lines: list[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:_MOST])
    if len(lines) > _MOST:
        yield f"  and {len(lines) - _MOST} more"


def _trouble(with_own_workers: bool) -> str:
    if has_no_room():
        return "The disk is full: the conversions wait until there is room (PDFJOBS_MIN_FREE_DISK_MB stay free)."
    if not with_own_workers and not Node.objects.working().exists():
        return "The server that was to convert does not answer; the jobs wait for it, or for this command to take over."
    return ""
