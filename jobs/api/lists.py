"""The job list: which jobs, in which order, in pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.errors import BadOption
from jobs.models import Job, Page
from jobs.remembered import remembered

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

_ORDERINGS = ("created_at", "completed_at", "filename", "status", "input_bytes", "total_pages")
_MOST_IDS = 200


class _KnownPaginator(Paginator):  # type: ignore[type-arg]
    def __init__(self, known: int, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._known = known

    @property
    def count(self) -> int:
        return self._known


class JobPages(PageNumberPagination):
    """`?page=` and `?page_size=` (50, at most 200)."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        self.counts = counts(request.user)
        known = _known_count(self.counts, request)
        # Where the counts tell it already, the rows need not be counted once more.
        self.django_paginator_class = Paginator if known is None else partial(_KnownPaginator, known)  # type: ignore[assignment]
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "jobs": data,
                "count": self.page.paginator.count if self.page else 0,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "counts": self.counts,
            }
        )


def listed(jobs: QuerySet[Job, Any], request: Request) -> QuerySet[Job, Any]:
    """`jobs` as the query asks for them: ?status= &search= &ids= &ordering=. Raises BadOption."""
    asked = request.query_params
    if statuses := asked.get("status"):
        jobs = jobs.filter(status__in=_statuses(statuses))
    if words := asked.get("search", "").replace("\0", ""):
        jobs = jobs.filter(Q(filename__icontains=words) | Q(job_id__icontains=words) | Q(client_ref__icontains=words))
    if ids := asked.get("ids"):
        jobs = jobs.filter(job_id__in=_ids(ids))
    failed = Page.objects.filter(status=Page.Status.FAILED).only("job_id", "number").order_by("number")
    return _ordered(jobs, asked.get("ordering", "-created_at")).prefetch_related(
        Prefetch("pages", queryset=failed, to_attr="failed_page_rows")
    )


def counts(user: User | AnonymousUser) -> dict[str, int]:
    """How many of the jobs that `user` may see are in each status; of very many it may be some seconds old."""
    return remembered(
        f"counts-{user.pk}", lambda: _counts(Job.objects.visible_to(user)), lambda found: sum(found.values())
    )


def _counts(jobs: QuerySet[Job, Any]) -> dict[str, int]:
    found = dict(jobs.order_by().values_list("status").annotate(Count("pk")))
    return {status: found.get(status, 0) for status in Job.Status.values}


def _known_count(counts: dict[str, int], request: Request) -> int | None:
    """How many rows the query will find, if that follows from `counts`."""
    asked = request.query_params
    if asked.get("search") or asked.get("ids"):
        return None
    statuses = _statuses(asked["status"]) if asked.get("status") else list(counts)
    return sum(counts[status] for status in set(statuses))


def _ids(text: str) -> list[str]:
    ids = text.replace("\0", "").split(",")
    if len(ids) > _MOST_IDS:
        raise BadOption(f"{len(ids)} ids are asked for, at most {_MOST_IDS} are taken at once. Ask in parts.")
    return ids


def _statuses(text: str) -> list[str]:
    statuses = text.split(",")
    for status in statuses:
        if status not in Job.Status.values:
            raise BadOption(f'There is no status "{status[:40]}". There are: {", ".join(Job.Status.values)}.')
    return statuses


def _ordered(jobs: QuerySet[Job, Any], ordering: str) -> QuerySet[Job, Any]:
    name = ordering.removeprefix("-")
    if name not in _ORDERINGS:
        raise BadOption(f"Jobs can be ordered by {', '.join(_ORDERINGS)}; a minus before it turns the order round.")
    down = "-" if ordering.startswith("-") else ""
    return jobs.order_by(ordering, f"{down}pk")
