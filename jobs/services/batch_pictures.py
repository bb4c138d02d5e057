"""A result's pictures in files beside its Markdown: NAME.md has them in the folder NAME.images."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from jobs import storage
from jobs.engines.pictures import is_name, led_to
from jobs.models import Job
from jobs.services.batch_files import write_whole


def folder_of(target: Path) -> Path:
    """Where the pictures of the Markdown file `target` go."""
    return target.with_suffix(".images")


def check_folder(target: Path, force: bool) -> None:
    """Raises OSError when the pictures of `target` could not be written."""
    folder = folder_of(target)
    if os.path.lexists(folder) and not force:
        raise FileExistsError(None, "is there already; --force writes its pictures over", str(folder))
    if os.path.lexists(folder) and not folder.is_dir():
        raise NotADirectoryError(None, "is there already and is no folder", str(folder))


@contextmanager
def written(job: Job, target: Path, force: bool) -> Iterator[None]:
    """The pictures of a finished job, in their folder; none is made for a job without.

    A folder that was made here is gone again if what follows fails. With `force` other pictures of the same kind in it
    are removed, and nothing else. Raises OSError.
    """
    folder, names = folder_of(target), set(job.pictures.values_list("name", flat=True))
    is_new = bool(names) and not folder.is_dir()
    if names:
        folder.mkdir(exist_ok=force)
    try:
        for name in sorted(names):
            with storage.opened(storage.picture_path(job.job_id, name)) as picture:
                write_whole(picture, folder / name, force)
        yield
    except BaseException:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    if force and folder.is_dir():
        _remove_others(folder, names)


def _remove_others(folder: Path, names: Collection[str]) -> None:
    for path in folder.iterdir():
        if is_name(path.name) and path.name not in names:
            path.unlink(missing_ok=True)


def redirected(lines: Iterable[bytes], target: Path) -> Iterator[bytes]:
    """The lines of a result, its links to pictures led to the folder beside `target`."""
    place = quote(os.fsencode(folder_of(target).name))
    for line in lines:
        yield led_to(line.decode(), place).encode()
