"""How much room there is, and who has it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from jobs import storage
from jobs.limits import limits
from jobs.models import Job
from jobs.remembered import remembered


@dataclass(frozen=True)
class Room:
    """What some jobs take: file_bytes on the disk, page_bytes of page texts in the database."""

    jobs: int
    file_bytes: int
    page_bytes: int

    @property
    def bytes(self) -> int:
        return self.file_bytes + self.page_bytes


def room_of(jobs: QuerySet[Job, Any]) -> Room:
    """What `jobs` take together."""
    sums = jobs.order_by().aggregate(count=Count("pk"), files=Sum("stored_bytes"), pages=Sum("page_bytes"))
    return Room(jobs=sums["count"], file_bytes=sums["files"] or 0, page_bytes=sums["pages"] or 0)


def room_lately(name: str, jobs: QuerySet[Job, Any]) -> Room:
    """The same for looking at, not for deciding by: of very many jobs it may be some seconds old.

    `name` says which jobs these are.
    """
    return remembered(f"room-{name}", lambda: room_of(jobs), lambda room: room.jobs)


def held_room() -> Room:
    """What the jobs take that hold on to their room: active or kept ones."""
    active = room_of(Job.objects.active())
    kept = room_of(Job.objects.kept())
    return Room(active.jobs + kept.jobs, active.file_bytes + kept.file_bytes, active.page_bytes + kept.page_bytes)


def bytes_of(job: Job) -> int:
    """What one job takes."""
    return job.stored_bytes + job.page_bytes


def has_no_room() -> bool:
    """Whether the disk is so full that conversions wait."""
    return storage.free_bytes() < limits().free_disk_bytes
