"""Whether there is room for one more upload, said before it is taken in."""

from jobs import storage
from jobs.errors import StorageFull
from jobs.limits import GIB, MIB, limits
from jobs.room import held_room


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
