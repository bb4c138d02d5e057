"""The date hierarchy. Django looks at every row for the dates that occur; this one asks for the first and the last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from django.contrib.admin.views.main import ChangeList
from django.utils.formats import date_format
from django.utils.translation import gettext

from jobs.models import Job

FIELD = "created_at"


@dataclass(frozen=True)
class Step:
    """A link into the hierarchy, or out of it."""

    title: str
    link: str


@dataclass(frozen=True)
class DateSteps:
    """What is to be shown above the list. chosen is the date that the list is narrowed to, "" for none."""

    back: Step | None
    chosen: str
    choices: list[Step]


def date_steps(changes: ChangeList) -> DateSteps | None:
    """The steps from where the list is now; None when there are no jobs."""
    ends = _ends()
    if ends is None:
        return None
    chosen = _chosen(changes)
    back = Step(_title(chosen[:-1]) or gettext("All dates"), _link(changes, chosen[:-1])) if chosen else None
    return DateSteps(back, _title(chosen), [_step(changes, parts) for parts in _below(chosen, *ends)])


def _ends() -> tuple[date, date] | None:
    days = Job.objects.values_list(FIELD, flat=True)
    first, last = days.order_by(FIELD).first(), days.order_by(f"-{FIELD}").first()
    return (first.astimezone(UTC).date(), last.astimezone(UTC).date()) if first and last else None


def _chosen(changes: ChangeList) -> tuple[int, ...]:
    """Year, month and day as far as they are chosen; the list has refused what is no date already."""
    asked = (changes.params.get(f"{FIELD}__{part}") for part in ("year", "month", "day"))
    chosen: tuple[int, ...] = ()
    for value in asked:
        if value is None:
            break
        chosen += (int(value),)
    return chosen


def _below(chosen: tuple[int, ...], first: date, last: date) -> Iterator[tuple[int, ...]]:
    """The next finer dates between `first` and `last`."""
    if not chosen and first.year != last.year:
        yield from ((year,) for year in range(first.year, last.year + 1))
    elif len(chosen) <= 1:
        year = chosen[0] if chosen else first.year
        yield from ((year, month) for month in range(1, 13) if _overlaps(year, month, first, last))
    elif len(chosen) == 2:  # noqa: PLR2004 (year and month)
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        yield from ((*chosen, day.day) for day in days if (day.year, day.month) == chosen)


def _overlaps(year: int, month: int, first: date, last: date) -> bool:
    return (first.year, first.month) <= (year, month) <= (last.year, last.month)


def _step(changes: ChangeList, parts: tuple[int, ...]) -> Step:
    return Step(_title(parts), _link(changes, parts))


def _title(parts: tuple[int, ...]) -> str:
    match parts:
        case (year, month, day):
            return date_format(date(year, month, day), "DATE_FORMAT")
        case (year, month):
            return date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")
        case (year,):
            return str(year)
    return ""


def _link(changes: ChangeList, parts: tuple[int, ...]) -> str:
    named = zip(("year", "month", "day"), parts, strict=False)
    return changes.get_query_string({f"{FIELD}__{name}": value for name, value in named}, [f"{FIELD}__"])
