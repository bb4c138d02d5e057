"""The addresses of the admin beside Django's own: downloads, the verbs on a job's page, the clean-up."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobs.admin.cleanup import clean_up, preview
from jobs.admin.verbs import VERBS, carry_out
from jobs.downloads import StoredFile, download, result_filename
from jobs.errors import NoResult, Problem
from jobs.models import Job
from jobs.sayings import said

if TYPE_CHECKING:
    from jobs.admin.job_admin import JobAdmin

View = Callable[..., HttpResponseBase]


class JobViews:
    """The views of `model_admin`, which knows who may do what."""

    def __init__(self, model_admin: "JobAdmin") -> None:
        self.admin = model_admin

    def urls(self) -> list[URLPattern]:
        def address(route: str, view: View, name: str) -> URLPattern:
            return path(route, self.admin.admin_site.admin_view(view), name=f"jobs_job_{name}")

        return [
            address("clean-up/", require_http_methods(["GET", "HEAD", "POST"])(self.clean_up), "clean_up"),
            address("<int:key>/input/", require_safe(partial(self.file, send=_send_input)), "input"),
            address("<int:key>/result/", require_safe(partial(self.file, send=_send_result)), "result"),
            address("<int:key>/do/<slug:name>/", require_POST(self.do), "do"),
        ]

    def file(self, request: HttpRequest, key: int, send: Callable[[Job], StoredFile]) -> HttpResponseBase:
        """A stored file as a download."""
        job = self._job(request, key)
        if not self.admin.has_view_permission(request, job):
            raise PermissionDenied
        try:
            return send(job)
        except Problem as problem:
            messages.error(request, said(problem.detail))
            return HttpResponseRedirect(_page_of(job))

    def do(self, request: HttpRequest, key: int, name: str) -> HttpResponseBase:
        """A verb on one job."""
        self._check_may_work(request)
        if name not in VERBS:
            raise Http404
        job = self._job(request, key)
        carry_out(self.admin, request, VERBS[name], [job])
        return HttpResponseRedirect(_page_of(job))

    def clean_up(self, request: HttpRequest) -> HttpResponseBase:
        """Asks first; a POST is the answer."""
        self._check_may_work(request)
        if request.method == "POST":
            clean_up(request)
            return HttpResponseRedirect(reverse("admin:jobs_job_changelist"))
        context: dict[str, Any] = {
            **self.admin.admin_site.each_context(request),
            "title": _("Clean up storage"),
            "opts": self.admin.opts,
            "media": self.admin.media,
            "preview": preview(),
        }
        return TemplateResponse(request, "admin/jobs/job/clean_up.html", context)

    def _check_may_work(self, request: HttpRequest) -> None:
        if not self.admin.has_work_permission(request):
            raise PermissionDenied

    def _job(self, request: HttpRequest, key: int) -> Job:
        job: Job | None = self.admin.get_object(request, str(key))
        if job is None:
            raise Http404
        return job


def _page_of(job: Job) -> str:
    return reverse("admin:jobs_job_change", args=[job.pk])


def _send_input(job: Job) -> StoredFile:
    return download(job, job.input, job.filename, "application/pdf")


def _send_result(job: Job) -> StoredFile:
    if not job.result and not job.is_purged:
        raise NoResult(f"The job is {job.status} and has no result.")
    return download(job, job.result, result_filename(job.filename), "text/markdown; charset=utf-8")
