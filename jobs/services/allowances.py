"""What one user may ask of the server: so many requests a minute, so many uploads an hour.

Counted in the database, so that it holds over all web processes. A request must not cost a write each time: a process
takes a share of the minute's requests at once and counts that down in memory.
"""

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from jobs.errors import TooManyRequests, TooManyUploads
from jobs.limits import limits
from jobs.models import Allowance
from jobs.services.waits import seconds_until, wait_in_words

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# A poll costs a tenth of another request, and is what a client that waits does all the time.
POLLS_PER_REQUEST = 10
# A process takes this part of the allowance at once.
_PARTS = 20

_MOST_SHARES = 1000
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class _Share:
    """How many more requests this process may let through until the allowance begins anew."""

    left: int = 0
    until: datetime = _LONG_AGO
    is_spent: bool = False
    """The whole allowance is: until then refusing costs no look into the database."""


_lock = threading.Lock()
_shares: dict[str, _Share] = {}


def take_request(owner: "User | None", *, poll: bool = False) -> None:
    """Count a request of `owner` (None: of those who need no login). Raises TooManyRequests."""
    most = limits().user_requests_per_minute * (POLLS_PER_REQUEST if poll else 1)
    until = _use_up(f"{'polls' if poll else 'requests'}-{_who(owner)}", most) if most else None
    if until:
        raise TooManyRequests(
            f"Only {most} such requests a minute are answered (PDFJOBS_USER_REQUESTS_PER_MINUTE). "
            f"Wait {wait_in_words(until)} and go on.",
            retry_after_s=seconds_until(until),
        )


def take_upload(owner: "User | None") -> None:
    """Count an upload of `owner`. Raises TooManyUploads."""
    most = limits().user_uploads_per_hour
    if not most:
        return
    taken, until = Allowance.objects.take(f"uploads-{_who(owner)}", 1, most, _HOUR)
    if not taken:
        raise TooManyUploads(
            f"Only {most} uploads an hour are taken from one user (PDFJOBS_USER_UPLOADS_PER_HOUR). "
            f"Wait {wait_in_words(until)} and send the file again.",
            retry_after_s=seconds_until(until),
        )


@dataclass(frozen=True)
class Left:
    """What may still be asked for of `limit`; `anew_at` is when all of it may be again."""

    limit: int
    left: int
    anew_at: datetime | None = None


def requests_left(owner: "User | None") -> Left | None:
    """Of this minute's requests; None where there is no limit. What other processes took for later counts as used."""
    most = limits().user_requests_per_minute
    if not most:
        return None
    found = _left(f"requests-{_who(owner)}", most)
    with _lock:
        share = _shares.get(f"requests-{_who(owner)}")
    own = share.left if share and share.until > timezone.now() else 0
    return replace(found, left=min(most, found.left + own))


def uploads_left(owner: "User | None") -> Left | None:
    """Of this hour's uploads; None where there is no limit."""
    most = limits().user_uploads_per_hour
    return _left(f"uploads-{_who(owner)}", most) if most else None


def _left(key: str, most: int) -> Left:
    used, until = Allowance.objects.used(key)
    return Left(most, max(0, most - used), until)


def forget_shares() -> None:
    """Begin as a process that has just started."""
    with _lock:
        _shares.clear()


def _use_up(key: str, most: int) -> datetime | None:
    """Count one request of at most `most` a minute; where that was too many, when to come again."""
    with _lock:
        share = _shares.get(key)
        if share is None or share.until <= timezone.now():
            _drop_old_shares()
            share = _shares[key] = _Share()
        if not share.left and not share.is_spent:
            share.left, share.until = Allowance.objects.take(key, max(1, most // _PARTS), most, _MINUTE)
            share.is_spent = not share.left
        if share.is_spent:
            return share.until
        share.left -= 1
        return None


def _drop_old_shares() -> None:
    if len(_shares) >= _MOST_SHARES:
        now = timezone.now()
        for key in [key for key, share in _shares.items() if share.until <= now]:
            del _shares[key]


def _who(owner: "User | None") -> str:
    return str(owner.pk) if owner else "nobody"
