"""How long to wait, for `Retry-After` and in words."""

import math
from datetime import datetime

from django.utils import timezone

_MINUTE = 60


def seconds_until(moment: datetime) -> int:
    """Whole seconds until `moment`, at least 1: who waits so long does not come too early."""
    return max(1, math.ceil((moment - timezone.now()).total_seconds()))


def wait_in_words(moment: datetime) -> str:
    """The same for people: "20 seconds", "a minute", "12 minutes"."""
    seconds = seconds_until(moment)
    if seconds < _MINUTE:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    minutes = math.ceil(seconds / _MINUTE)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
