"""The pages of the browser app, and the answers to addresses that lead nowhere."""

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie

from jobs import logs, services
from jobs.endpoint import endpoint
from jobs.errors import PROBLEM_JSON, NotFound, Problem, ServerFault
from jobs.limits import limits
from jobs.models import Job


@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    """Upload and job list."""
    if _must_log_in(request):
        return redirect_to_login(request.get_full_path())
    return render(request, "jobs/home.html", {"limits": limits(), "model": endpoint()})


@ensure_csrf_cookie
def job(request: HttpRequest, job_id: str) -> HttpResponse:
    """One job with its pages."""
    if _must_log_in(request):
        return redirect_to_login(request.get_full_path())
    found = Job.objects.visible_to(request.user).filter(job_id=job_id).first()
    if found is None:
        raise Http404
    services.note_access(found)
    return render(request, "jobs/job.html", {"job": found})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem_page(request, Problem("The request can't be read, or its Host is not one of this server's."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    problem = Problem("You may not do this.", code="forbidden")
    problem.status, problem.title = HTTPStatus.FORBIDDEN, "Forbidden"
    return _problem_page(request, problem)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem_page(request, NotFound("Check the address; jobs that are not yours are not shown either."))


def server_error(request: HttpRequest) -> HttpResponse:
    return _problem_page(request, ServerFault("Nothing is lost. Try again; if it stays, send the operator this id."))


def _must_log_in(request: HttpRequest) -> bool:
    return settings.REQUIRE_LOGIN and not request.user.is_authenticated


def _problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    document = problem.document(logs.request_id.get())
    if request.path.startswith("/api/"):
        return JsonResponse(document, status=int(problem.status), content_type=PROBLEM_JSON)
    return render(request, "jobs/problem.html", {"problem": document}, status=int(problem.status))
