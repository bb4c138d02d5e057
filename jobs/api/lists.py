"""The job list: which jobs, in which order, in pages."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from jobs.errors import BadOption
from jobs.models import Job, Page

_ORDERINGS = ("created_at", "completed_at", "filename", "status", "input_bytes", "total_pages")
_MOST_IDS = 200


class JobPages(PageNumberPagination):
    """`?page=` and `?page_size=` (50, at most 200)."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "jobs": data,
                "count": self.page.paginator.count if self.page else 0,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
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


def counts(jobs: QuerySet[Job, Any]) -> dict[str, int]:
    """How many of `jobs` are in each status."""
    found = dict(jobs.order_by().values_list("status").annotate(Count("pk")))
    return {status: found.get(status, 0) for status in Job.Status.values}


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
