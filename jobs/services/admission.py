"""Whether there is room for one more upload, said before it is taken in."""

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import F, Sum

from jobs import storage
from jobs.errors import StorageFull, TooManyActivePages
from jobs.limits import GIB, MIB, limits
from jobs.models import Job
from jobs.room import held_room, room_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def check_disk(size: int) -> None:
    """Raises StorageFull when `size` more bytes would leave less free on the disk than must stay free."""
    free, reserve = storage.free_bytes(), limits().free_disk_bytes
    if free - size < reserve:
        raise StorageFull(
            f"The server's disk has {free // MIB} MB free, of which {reserve // MIB} MB must stay free "
            "(PDFJOBS_MIN_FREE_DISK_MB). Try again when there is room, or ask the operator to make some.",
            code="disk_full",
        )


def check_limits(size: int) -> None:
    """Raises StorageFull when jobs that are active or kept leave no room for one of `size` bytes."""
    held = held_room()
    allowed = limits()
    if held.jobs >= allowed.stored_jobs:
        raise StorageFull(
            f"{held.jobs} jobs are active or kept, and the limit is {allowed.stored_jobs} (PDFJOBS_MAX_JOBS). "
            "Wait until some are finished, or take the keep mark off some.",
        )
    if held.bytes + size > allowed.stored_bytes:
        raise StorageFull(
            f"Active and kept jobs take {held.bytes // MIB} MB, and with these {size // MIB} MB more that is over the "
            f"limit of {allowed.stored_bytes / GIB:g} GB (PDFJOBS_MAX_STORAGE_GB). "
            "Wait until some are finished, or take the keep mark off some.",
        )


def check_share(owner: "User | None", size: int, pages: int) -> None:
    """Raises TooManyActivePages or StorageFull when `owner` has no room for one of `size` bytes and `pages` pages.

    Belongs into the transaction that makes the job: another upload of the same owner waits for its end.
    """
    allowed = limits()
    if not (allowed.user_active_pages or allowed.user_stored_bytes):
        return
    if owner:
        get_user_model().objects.select_for_update().get(pk=owner.pk)
    check_active_pages(owner.pk if owner else None, pages)
    used = stored_bytes(owner) if allowed.user_stored_bytes else 0
    if used + size > (allowed.user_stored_bytes or used + size):
        raise StorageFull(
            f"Your jobs take {used // MIB} MB, and with these {size // MIB} MB more that is over the "
            f"{allowed.user_stored_bytes / GIB:g} GB that one user may take (PDFJOBS_USER_STORAGE_GB). "
            "Delete some of your jobs.",
            code="storage_share_full",
        )


def check_active_pages(owner_id: int | None, pages: int, besides: Job | None = None) -> None:
    """Raises TooManyActivePages when `pages` more would be too many at once; a job alone always gets in.

    The pages of the job `besides` don't count: they are the ones that are to be added.
    """
    most = limits().user_active_pages
    if not most:
        return
    active = active_pages(owner_id, besides)
    if active and active + pages > most:
        raise TooManyActivePages(
            f"{active} pages of yours are still to be converted, and with these {pages} more there are over {most} "
            "(PDFJOBS_USER_ACTIVE_PAGES). Wait until some are through."
        )


def active_pages(owner_id: int | None, besides: Job | None = None) -> int:
    """Pages of that owner's jobs that are still to be converted, the job `besides` left out."""
    left = Sum(F("total_pages") - F("pages_done"))
    jobs = Job.objects.filter(owner=owner_id).active()
    if besides:
        jobs = jobs.exclude(pk=besides.pk)
    return jobs.aggregate(left=left)["left"] or 0


def stored_bytes(owner: "User | None") -> int:
    """What the owner's jobs take, as it counts against the share of one user."""
    return room_of(Job.objects.filter(owner=owner).stored()).bytes
