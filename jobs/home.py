"""The home page: upload and job list, complete without scripts; those take the same page over."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie

from jobs import listing
from jobs.endpoint import endpoint
from jobs.errors import Problem
from jobs.limits import limits
from jobs.models import Job
from jobs.progress import status_documents
from jobs.room import room_lately
from jobs.views import must_log_in, problem_page, state_icon, state_word

_PAGE_SIZE = 50
_LARGEST_PAGE = 200


@dataclass(frozen=True)
class Row:
    """A job as the list shows it; `progress` is its status document while it is active."""

    job: Job
    progress: dict[str, Any]

    @property
    def word(self) -> Any:
        return state_word(self.job)

    @property
    def icon(self) -> str:
        """Which of the pictures in icons.html."""
        return state_icon(self.job)

    @property
    def has_result(self) -> bool:
        return bool(self.job.result) and not self.job.is_purged


@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    """Upload and job list; the query is that of the API's list."""
    if must_log_in(request):
        return redirect_to_login(request.get_full_path())
    try:
        return render(request, "jobs/home.html", _shown(request))
    except Problem as problem:
        return problem_page(request, problem)


def _shown(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET
    counted = listing.counts(request.user)
    jobs = listing.listed(Job.objects.visible_to(request.user), asked)
    pages = listing.paginator(counted, asked)(jobs, _page_size(asked.get("page_size", "")))
    page = pages.get_page(asked.get("page"))
    return {
        "limits": limits(),
        "model": endpoint(),
        "page": page,
        "rows": _rows(page),
        "all": sum(counted["status"].values()),
        "groups": counted["group"],
        "ordering": asked.get("ordering", listing.NEWEST_FIRST),
        "room": room_lately(f"of-{request.user.pk}", Job.objects.visible_to(request.user).stored()),
    }


def _page_size(text: str) -> int:
    return min(int(text), _LARGEST_PAGE) or _PAGE_SIZE if text.isascii() and text.isdigit() else _PAGE_SIZE


def _rows(page: "Page[Job]") -> list[Row]:
    jobs = list(page.object_list)
    progress = {job.pk: document for job, document in status_documents(jobs)}
    return [Row(job, progress.get(job.pk, {})) for job in jobs]
