"""The pages of the browser app, and the answers to addresses that lead nowhere."""

import sys
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie

from jobs import logs, outages, services
from jobs.errors import PROBLEM_JSON, NotFound, Problem, ServerFault
from jobs.models import Job
from jobs.sayings import STATES, told

_REMOVED = _("Removed")
_PLAIN_PAGES = 200  # listed at once for browsers without scripts


@ensure_csrf_cookie
def job(request: HttpRequest, job_id: str) -> HttpResponse:
    """One job with its pages."""
    if must_log_in(request):
        return redirect_to_login(request.get_full_path())
    found = visible_job(request, job_id)
    services.note_access(found)
    return render(request, "jobs/job.html", _shown(request, found))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, Problem("The request can't be read, or its Host is not one of this server's."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    problem = Problem("You may not do this.", code="forbidden")
    problem.status, problem.title = HTTPStatus.FORBIDDEN, "Forbidden"
    return problem_page(request, problem)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_page(request, NotFound("Check the address; jobs that are not yours are not shown either."))


def server_error(request: HttpRequest) -> HttpResponse:
    fault = ServerFault("Nothing is lost. Try again; if it stays, send the operator this id.")
    return problem_page(request, outages.problem_of(sys.exc_info()[1]) or fault)


def _shown(request: HttpRequest, found: Job) -> dict[str, Any]:
    """What the page of a job needs; scripts fetch the rest."""
    pages = found.pages.order_by("number").values_list("number", "status")
    return {
        "job": found,
        "word": state_word(found),
        "icon": state_icon(found),
        "has_result": bool(found.result) and not found.is_purged,
        "plain_pages": _Pages(found, pages).get_page(request.GET.get("pages")),
    }


class _Pages(Paginator):  # type: ignore[type-arg]
    """The pages of a job, some at a time; there are as many as the job says."""

    def __init__(self, found: Job, pages: Any) -> None:
        super().__init__(pages, _PLAIN_PAGES)
        self.count = 0 if found.is_purged else found.total_pages


def visible_job(request: HttpRequest, job_id: str) -> Job:
    """The job, if the one who asks may see it. Raises Http404."""
    found = Job.objects.visible_to(request.user).filter(job_id=job_id.replace("\0", "")).first()
    if found is None:
        raise Http404
    return found


def state_word(job: Job) -> Any:
    """How people are told the state of `job`."""
    return _REMOVED if job.is_purged else STATES[job.status]


def state_icon(job: Job) -> str:
    """Which of the pictures in icons.html stands for the state of `job`."""
    if job.is_purged:
        return "cancelled"
    return "partly" if job.status == Job.Status.COMPLETED and job.pages_failed else job.status


def must_log_in(request: HttpRequest) -> bool:
    return settings.REQUIRE_LOGIN and not request.user.is_authenticated


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    document = told(problem.document(logs.request_id.get()))
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse(document, content_type=PROBLEM_JSON)
    else:
        response = render(request, "jobs/problem.html", {"problem": document})
    response.status_code = int(problem.status)
    for name, value in problem.headers().items():
        response[name] = value
    return response
