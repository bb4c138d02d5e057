"""The verbs as plain forms, for browsers without scripts: each fetches, calls one verb, and leads back to the job, or
to the page of this site that the form names in `back`."""

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from jobs import services
from jobs.errors import Problem
from jobs.models import Job
from jobs.views import must_log_in, problem_page, visible_job


@require_POST
def cancel(request: HttpRequest, job_id: str) -> HttpResponse:
    return _done(request, job_id, services.cancel)


@require_POST
def retry(request: HttpRequest, job_id: str) -> HttpResponse:
    return _done(request, job_id, services.retry)


@require_POST
def keep(request: HttpRequest, job_id: str) -> HttpResponse:
    wanted = request.POST.get("keep", "true") != "false"
    return _done(request, job_id, lambda job: services.keep(job, wanted))


def delete(request: HttpRequest, job_id: str) -> HttpResponse:
    """Asks first; the answer is sent here too."""
    if request.method == "POST":
        return _done(request, job_id, services.delete, to=reverse("home"))
    if must_log_in(request):
        return redirect_to_login(request.get_full_path())
    return render(request, "jobs/delete.html", {"job": visible_job(request, job_id)})


def _done(request: HttpRequest, job_id: str, verb: Callable[[Job], object], to: str = "") -> HttpResponse:
    page = reverse("job", args=[job_id])
    if must_log_in(request):
        return redirect_to_login(page)
    try:
        verb(visible_job(request, job_id))
    except Problem as problem:
        return problem_page(request, problem)
    return redirect(to or _back(request) or page)


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("back", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else ""
