"""What must not be taken for a fault of the request: the disk is full, the database or the storage is away."""

from django.db import InterfaceError, OperationalError

from jobs import storage
from jobs.errors import DISK_FULL, Problem, StorageFull, Unavailable

_NOTHING_LOST = "Nothing is lost; try again in some seconds. If it stays, tell the operator."


def problem_of(error: BaseException | None) -> Problem | None:
    """The refusal that says so; None for another error."""
    if error is None:
        return None
    if storage.is_full(error):
        return StorageFull(DISK_FULL, code="disk_full")
    if isinstance(error, storage.StorageTrouble):
        return Unavailable(f"The storage does not answer. {_NOTHING_LOST}", code="storage_unavailable")
    if isinstance(error, OperationalError | InterfaceError):
        return Unavailable(f"The database does not answer. {_NOTHING_LOST}", code="database_unavailable")
    return None
