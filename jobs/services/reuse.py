"""Pages that are there already: the same PDF, asked for in the same way, is not converted a second time."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from jobs import storage
from jobs.models import Event, Job, Page, Picture
from jobs.models.event import note

# More jobs of the same file with other options are not looked through.
_MOST_CANDIDATES = 50
_PAGES_AT_ONCE = 100


def twin_of(job: Job) -> Job | None:
    """A completed job of the same owner that has all pages that `job`, not saved yet, is to get."""
    candidates = Job.objects.stored().filter(
        owner=job.owner,
        input_sha256=job.input_sha256,
        engine=job.engine,
        engine_version=job.engine_version,
        prompt=job.prompt,
        total_pages=job.total_pages,
        status=Job.Status.COMPLETED,
        pages_failed=0,
    )
    newest = candidates.order_by("-pk")[:_MOST_CANDIDATES]
    return next((twin for twin in newest if twin.options == job.options), None)


def copy_pictures(twin: Job, job: Job) -> bool:
    """Copy the files of the pictures of `twin` to `job`; False when they are not all there (any more)."""
    with suppress(FileNotFoundError):
        if storage.copy_pictures(twin.job_id, job.job_id) >= twin.pictures.count():
            return True
    storage.discard_pictures(job.job_id)
    return False


def adopt_pages(twin: Job, job: Job) -> bool:
    """Give `job`, just saved, copies of the pages of `twin`; False, and nothing is done, when that was purged.

    Belongs into the transaction that makes `job`. The pictures' files are there already: they were copied before, and
    whoever removes files says so in the row first.
    """
    # Whoever wants to purge or delete it waits for this lock.
    if not Job.objects.stored().select_for_update().filter(pk=twin.pk).first():
        storage.discard_pictures(job.job_id)
        return False
    pages = _pages(twin, job)
    while some := list(islice(pages, _PAGES_AT_ONCE)):
        Page.objects.bulk_create(some)
    pictures = [
        Picture(job=job, name=picture.name, digest=picture.digest, bytes=picture.bytes)
        for picture in twin.pictures.all()
    ]
    Picture.objects.bulk_create(pictures, batch_size=_PAGES_AT_ONCE)
    job.reused = True
    job.pages_done = job.total_pages
    job.page_bytes = twin.page_bytes
    job.stored_bytes += sum(picture.bytes for picture in pictures)
    job.seconds_per_page = twin.seconds_per_page
    job.save()
    note(job.pk, Event.Kind.REUSED, f"the pages of {twin.job_id}")
    return True


def _pages(twin: Job, job: Job) -> Iterator[Page]:
    for page in twin.pages.order_by("number").iterator(chunk_size=_PAGES_AT_ONCE):
        page.pk, page.job = None, job
        page._state.adding = True
        yield page
