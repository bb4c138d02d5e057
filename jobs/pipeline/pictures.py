"""A page's pictures on their way into the job: first the files, then, in the page's transaction, their rows.

What dies in between leaves files that no row names. They are written over when the page is made again, and cleared away
when the job is assembled.
"""

from collections.abc import Iterable, Sequence

from jobs import storage
from jobs.engines.pictures import Checked
from jobs.models import Claim, Job, Picture
from jobs.pipeline import claims


def write(claim: Claim, pictures: Iterable[Checked]) -> None:
    """Store the files of the pictures that the job does not have. Raises LeaseLost, and OSError."""
    pictures = list(pictures)
    known = set(_rows(claim.job_id, pictures))
    for picture in pictures:
        if picture.digest not in known:
            claims.renew(claim)  # who has the page now may have written this very file
            storage.write_whole(storage.picture_path(claim.job.job_id, picture.name), picture.data)


def note(job: int, pictures: Sequence[Checked]) -> dict[str, str]:
    """Make the rows of the pictures that the job with that key does not have, inside a transaction.

    The name of each that the job has already, perhaps since a moment ago from another worker, by the name that it was
    given here.
    """
    if not pictures:
        return {}  # most pages; a query that can find nothing has its price too
    # In one order for all, so that two workers never wait for each other.
    rows = [
        Picture(job_id=job, name=picture.name, digest=picture.digest, bytes=len(picture.data))
        for picture in sorted(pictures, key=lambda picture: picture.digest)
    ]
    Picture.objects.bulk_create(rows, ignore_conflicts=True)
    names = _rows(job, pictures)
    return {picture.name: names[picture.digest] for picture in pictures if names[picture.digest] != picture.name}


def new_bytes(pictures: Iterable[Checked], known: dict[str, str]) -> int:
    """How many bytes the pictures take that have no other name in `known`."""
    return sum(len(picture.data) for picture in pictures if picture.name not in known)


def discard(job: Job, names: Iterable[str]) -> None:
    """Remove the files that turned out to be there already under another name."""
    for name in names:
        storage.discard(storage.picture_path(job.job_id, name))


def withdraw(job: Job) -> None:
    """Leave no folder of a job that was deleted or purged while its pictures were written."""
    if not Job.objects.stored().filter(pk=job.pk).exists():
        storage.discard_folder(job.job_id)


def _rows(job: int, pictures: Iterable[Checked]) -> dict[str, str]:
    """The names of those that the job has, by their digests."""
    digests = [picture.digest for picture in pictures]
    return dict(Picture.objects.filter(job=job, digest__in=digests).values_list("digest", "name"))
