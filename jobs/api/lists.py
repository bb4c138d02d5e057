"""The job list of the API, in pages."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import listing
from jobs.api.paging import Pages
from jobs.models import Job, Page
from jobs.progress import status_documents


class JobPages(Pages):
    """With how many there are in each status."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        self.counts = listing.counts(request.user)
        self.django_paginator_class = listing.paginator(self.counts, request.query_params)
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        jobs = self.page.object_list if self.page else ()
        return Response(
            {
                "jobs": data,
                "count": self.page.paginator.count if self.page else 0,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "counts": self.counts["status"],
                "groups": self.counts["group"],
                # Of those that are not finished, so that nobody need ask for each.
                "progress": {job.job_id: document for job, document in status_documents(jobs)},
            }
        )


def listed(jobs: QuerySet[Job, Any], request: Request) -> QuerySet[Job, Any]:
    """`jobs` as the query asks for them: ?group= &status= &search= &ids= &ordering=. Raises BadOption."""
    failed = Page.objects.filter(status=Page.Status.FAILED).only("job_id", "number").order_by("number")
    return listing.listed(jobs, request.query_params).prefetch_related(
        Prefetch("pages", queryset=failed, to_attr="failed_page_rows")
    )
