"""How the admin says spans of time, sizes and numbers of things."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

NOTHING = "–"  # noqa: RUF001 (a dash, as typesetters use it for an empty cell)

_UNITS = ((86_400, gettext_lazy("d")), (3_600, "h"), (60, "min"), (1, "s"))


def span(seconds: float) -> str:
    """A span of time in its two largest units: "3 min 5 s"."""
    left = max(0, int(seconds))
    for place, (size, unit) in enumerate(_UNITS):
        if left >= size:
            return _with_rest(left, size, unit, _UNITS[place + 1 :])
    return _("under 1 s")


def _with_rest(left: int, size: int, unit: Any, smaller: tuple[tuple[int, Any], ...]) -> str:
    whole = f"{left // size} {unit}"
    rest = left % size // smaller[0][0] if smaller else 0
    return f"{whole} {rest} {smaller[0][1]}" if rest else whole


def since(moment: datetime) -> str:
    """How long ago `moment` was."""
    return span((timezone.now() - moment).total_seconds())


def aged(moment: datetime) -> SafeString:
    """How long ago `moment` was, with the moment itself for the mouse and for machines."""
    utc = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), utc, since(moment))


def jobs(count: int) -> str:
    """ "1 job", "2 jobs"."""
    return ngettext("%(n)s job", "%(n)s jobs", count) % {"n": f"{count:,}"}
