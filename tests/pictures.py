"""Pictures cut out of pages, as the workers store them."""

import hashlib

from jobs import storage
from jobs.models import Job, Picture


def store_picture(job: Job, name: str, content: bytes) -> Picture:
    """A picture of `job` with its file."""
    storage.write(storage.picture_path(job.job_id, name), content)
    digest = hashlib.sha256(content).hexdigest()
    return Picture.objects.create(job=job, name=name, digest=digest, bytes=len(content))
