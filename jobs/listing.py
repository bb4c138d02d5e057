"""Which jobs a list shows, in which order, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet

from jobs.errors import BadOption
from jobs.models import Job
from jobs.models.job import ACTIVE, FINISHED
from jobs.remembered import remembered

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

ORDERINGS = ("created_at", "completed_at", "filename", "status", "input_bytes", "total_pages")
NEWEST_FIRST = "-created_at"
_MOST_IDS = 200

_HAS_FAILURES = Q(status__in=FINISHED, purged_at=None) & (Q(status=Job.Status.FAILED) | Q(pages_failed__gt=0))
# Each job is in one of these.
GROUPS = {
    "active": Q(status__in=ACTIVE),
    "attention": _HAS_FAILURES,
    "done": Q(status__in=FINISHED) & ~_HAS_FAILURES,
}


def listed(jobs: QuerySet[Job, Any], asked: Mapping[str, str]) -> QuerySet[Job, Any]:
    """`jobs` as they are asked for: group, status, search, ids, ordering. Raises BadOption."""
    if group := asked.get("group"):
        jobs = jobs.filter(GROUPS[_group(group)])
    if statuses := asked.get("status"):
        jobs = jobs.filter(status__in=_statuses(statuses))
    if words := asked.get("search", "").replace("\0", ""):
        jobs = jobs.filter(Q(filename__icontains=words) | Q(job_id__icontains=words) | Q(client_ref__icontains=words))
    if ids := asked.get("ids"):
        jobs = jobs.filter(job_id__in=job_ids(ids))
    return _ordered(jobs, asked.get("ordering", NEWEST_FIRST))


def counts(user: User | AnonymousUser) -> dict[str, dict[str, int]]:
    """How many of the jobs that `user` may see there are, by "status" and by "group"; of very many it may be some
    seconds old."""
    return remembered(
        f"counts-{user.pk}",
        lambda: _counts(Job.objects.visible_to(user)),
        lambda found: sum(found["status"].values()),
    )


def paginator(counted: dict[str, dict[str, int]], asked: Mapping[str, str]) -> Any:
    """A Paginator class for what `listed` gives. Where `counted` tells it already, rows are not counted once more."""
    known = _known_count(counted, asked)
    return Paginator if known is None else partial(_KnownPaginator, known)


def job_ids(text: str) -> list[str]:
    """The ids in a list with commas. Raises BadOption when they are too many."""
    ids = text.replace("\0", "").split(",")
    if len(ids) > _MOST_IDS:
        raise BadOption(f"{len(ids)} ids are asked for, at most {_MOST_IDS} are taken at once. Ask in parts.")
    return ids


class _KnownPaginator(Paginator):  # type: ignore[type-arg]
    def __init__(self, known: int, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._known = known

    @property
    def count(self) -> int:
        return self._known


def _counts(jobs: QuerySet[Job, Any]) -> dict[str, dict[str, int]]:
    failures = Count("pk", filter=GROUPS["attention"])
    found = list(jobs.order_by().values_list("status").annotate(all=Count("pk"), failures=failures))
    status = {**dict.fromkeys(Job.Status.values, 0), **{each: count for each, count, _ in found}}
    active = sum(status[each] for each in ACTIVE)
    attention = sum(failed for _, _, failed in found)
    done = sum(status.values()) - active - attention
    return {"status": status, "group": {"active": active, "attention": attention, "done": done}}


def _known_count(counted: dict[str, dict[str, int]], asked: Mapping[str, str]) -> int | None:
    """How many rows the query will find, if that follows from the counts."""
    if asked.get("search") or asked.get("ids") or (asked.get("group") and asked.get("status")):
        return None
    if group := asked.get("group"):
        return counted["group"][_group(group)]
    by_status = counted["status"]
    statuses = _statuses(asked["status"]) if asked.get("status") else list(by_status)
    return sum(by_status[status] for status in set(statuses))


def _group(text: str) -> str:
    if text not in GROUPS:
        raise BadOption(f'There is no group "{text[:40]}". There are: {", ".join(GROUPS)}.')
    return text


def _statuses(text: str) -> list[str]:
    statuses = text.split(",")
    for status in statuses:
        if status not in Job.Status.values:
            raise BadOption(f'There is no status "{status[:40]}". There are: {", ".join(Job.Status.values)}.')
    return statuses


def _ordered(jobs: QuerySet[Job, Any], ordering: str) -> QuerySet[Job, Any]:
    name = ordering.removeprefix("-")
    if name not in ORDERINGS:
        raise BadOption(f"Jobs can be ordered by {', '.join(ORDERINGS)}; a minus before it turns the order round.")
    down = "-" if ordering.startswith("-") else ""
    return jobs.order_by(ordering, f"{down}pk")
