"""With this folder in PYTHONPATH, Python starts with a clock that is off by CLOCK_SHIFT_S seconds.

Only what tells the time of day is shifted: libraries that do it for all of the system's clocks let waits hang.
"""

import os
import time
from datetime import datetime, timedelta

from django.utils import timezone

_shift_s = float(os.environ["CLOCK_SHIFT_S"])
_time, _now = time.time, timezone.now


def _shifted_now() -> datetime:
    return _now() + timedelta(seconds=_shift_s)


time.time = lambda: _time() + _shift_s
timezone.now = _shifted_now
