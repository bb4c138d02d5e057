"""What one user may ask, and what is left of it: for clients that look before they leap."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jobs.limits import limits
from jobs.services.admission import active_pages, stored_bytes
from jobs.services.allowances import Left, requests_left, uploads_left

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class OwnLimits:
    """None where there is no limit. A single job may have more pages than are left, where no other is active."""

    requests_per_minute: Left | None
    uploads_per_hour: Left | None
    active_pages: Left | None
    stored_bytes: Left | None


def own_limits(owner: "User | None") -> OwnLimits:
    """The limits of `owner`, None for those who need no login."""
    pages, size = limits().user_active_pages, limits().user_stored_bytes
    return OwnLimits(
        requests_per_minute=requests_left(owner),
        uploads_per_hour=uploads_left(owner),
        active_pages=_left(pages, active_pages(owner.pk if owner else None)) if pages else None,
        stored_bytes=_left(size, stored_bytes(owner)) if size else None,
    )


def _left(most: int, used: int) -> Left:
    return Left(most, max(0, most - used))
