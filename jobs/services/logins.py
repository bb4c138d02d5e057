"""Guessing passwords is slow here: so many tries for an account and from an address, then a pause."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings

from jobs.errors import TooManyLogins
from jobs.models import Allowance
from jobs.services.waits import seconds_until, wait_in_words

# What one household or machine has of IPv6: whoever guesses may take any address of it.
_IPV6_HOUSEHOLD = 64


def begin_login(name: str, address: str) -> None:
    """Count a try to log in as `name` from `address`, before the password is looked at. Raises TooManyLogins.

    Also the right password is refused then: else the pause would not stop who guesses.
    """
    span = timedelta(seconds=settings.LOGIN_PAUSE_SECONDS)
    for key, most in _keys(name, address):
        taken, until = Allowance.objects.take(key, 1, most, span)
        if not taken:
            raise TooManyLogins(
                f"There were too many tries to log in. Wait {wait_in_words(until)} and try again.",
                retry_after_s=seconds_until(until),
            )


def finish_login(name: str, address: str) -> None:
    """The password was right: the tries before it count no longer for the account, and this one not at all."""
    (place, _), (account, _) = _keys(name, address)
    Allowance.objects.give_back(place)
    Allowance.objects.filter(key=account).delete()


def _keys(name: str, address: str) -> Iterator[tuple[str, int]]:
    # The address first: who is shut out does not count against the account any more.
    yield f"login-address-{_place(address)}", settings.LOGIN_TRIES_PER_ADDRESS
    # Names are of any length and letters.
    account = hashlib.sha256(name.casefold().encode("utf-8", "replace")).hexdigest()
    yield f"login-account-{account}", settings.LOGIN_TRIES_PER_ACCOUNT


def _place(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((known, _IPV6_HOUSEHOLD), strict=False)) if known.version == 6 else str(known)  # noqa: PLR2004
