"""What was made of a job, in its forms: the result, its pages and its pictures."""

import json
import re
from dataclasses import asdict

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from jobs import search, services, storage
from jobs.documents import PageSerializer
from jobs.downloads import Sending, download_as, download_together, result_filename, sent
from jobs.errors import (
    BadOption,
    JobNotFound,
    NoResult,
    PageFailed,
    PageNotFound,
    PageNotMade,
    PageNotReady,
    PictureNotFound,
    Problem,
    ResultNotReady,
)
from jobs.formats import FORMATS, NAMES, STORED
from jobs.formats.as_html import POLICY
from jobs.formats.as_json import page_object
from jobs.formats.rendering import Address, page_html
from jobs.listing import job_ids
from jobs.models import Job, Page
from jobs.sayings import told

_MARKDOWN = "text/markdown; charset=utf-8"
_PAGE_FORMATS = ("md", "html", "json")
_VISION = "vision"
_MOST_TOGETHER = 100
_WIDTH = 800
_WIDTHS = range(16, 2401)
_DIGITS = re.compile(r"[0-9]{1,6}")
# What is drawn once stays as it is; a browser that leafs back need not ask.
_CACHING = {"Cache-Control": "private, max-age=3600"}
# A file that somebody else has made can't do anything where it is shown.
_ALONE = {"Content-Security-Policy": "default-src 'none'; sandbox"}


class Results(viewsets.GenericViewSet[Job]):
    """The addresses below a job that give what was made of it; `get_object` is that of the viewset."""

    def with_files(self) -> Job:
        """The job that is asked for. Raises Purged when only its row is left."""
        job = self.get_object()
        if job.is_purged:
            raise services.purged(job)
        return job

    @action(detail=True)
    def result(self, request: Request, job_id: str) -> HttpResponseBase:
        name = _format(request, NAMES)
        job = self.with_files()
        _check_result(job)
        if name == STORED:
            return sent(request, job, job.result, result_filename(job.filename), _MARKDOWN)
        response = download_as(job, FORMATS[name])
        if request.method == "HEAD":
            response.streaming_content = ()  # nothing need be made of which nothing is sent
        return response

    @action(detail=False, url_path="zip")
    def together(self, request: Request) -> Sending:
        jobs = self._asked_for(request)
        for job in jobs:
            _check_result(job)
        response = download_together(jobs, f"markdown-{timezone.localtime():%Y%m%d-%H%M%S}.zip")
        if request.method == "HEAD":
            response.streaming_content = ()
        return response

    def _asked_for(self, request: Request) -> list[Job]:
        """The jobs that `?ids=` names, in that order, with commas or given again and again."""
        ids = dict.fromkeys(job_ids(",".join(request.query_params.getlist("ids"))))
        if len(ids) > _MOST_TOGETHER:
            raise BadOption(f"{len(ids)} jobs are asked for, at most {_MOST_TOGETHER} go into one zip. Ask in parts.")
        found = {job.job_id: job for job in self.get_queryset().filter(job_id__in=ids)}
        if len(found) < len(ids):
            raise JobNotFound("One of these jobs is not there, or it is not yours.")
        return [found[job_id] for job_id in ids]

    @action(detail=True)
    def pages(self, request: Request, job_id: str) -> Response:
        rows = self.with_files().pages.light().order_by("number")
        return Response({"pages": PageSerializer(rows, many=True).data})

    @action(detail=True, url_path=r"pages/(?P<number>[0-9]{1,9})")
    def page(self, request: Request, job_id: str, number: str) -> HttpResponse:
        name = _format(request, _PAGE_FORMATS)
        job = self.with_files()
        page = _page(job, job.pages.all(), number)
        if page.status == Page.Status.FAILED:
            raise PageFailed(page.error)
        if page.status != Page.Status.DONE:
            raise _not_ready(job, page)
        services.note_access(job)
        return _page_as(name, job, page)

    @action(detail=True, url_path=r"pages/(?P<number>[0-9]{1,9})/image")
    def page_image(self, request: Request, job_id: str, number: str) -> HttpResponse:
        width = _width(request)
        job = self.with_files()
        page = _page(job, job.pages.light(), number)
        response = HttpResponse(headers={**_CACHING, **_ALONE, "ETag": quote_etag(f"{job.job_id}-{number}-{width}")})
        known = get_conditional_response(request, etag=response["ETag"], response=response)
        if known is not None and known is not response:
            return known
        image = services.page_image(job, page.number, width)
        response.content, response["Content-Type"] = image.content, image.content_type
        return response

    @action(detail=True)
    def search(self, request: Request, job_id: str) -> Response:
        asked = request.query_params.get("q", "")
        words = asked.split()
        if not words or len(asked) > search.MOST_LETTERS:
            raise BadOption(f"`q` is what to search for, {search.MOST_LETTERS} letters at most.")
        job = self.with_files()
        services.note_access(job)
        return Response(asdict(search.found(job, words)))

    @action(detail=True, url_path=r"images/(?P<name>[A-Za-z0-9_-][A-Za-z0-9._-]{0,39})")
    def picture(self, request: Request, job_id: str, name: str) -> HttpResponse:
        job = self.with_files()
        if not job.pictures.filter(name=name).exists():
            raise PictureNotFound(f"There is no picture {name} in this job.")
        services.note_access(job)
        try:
            content = storage.read(storage.picture_path(job.job_id, name))
        except FileNotFoundError as error:
            raise PictureNotFound(f"The picture {name} is not in the storage any more.") from error
        return HttpResponse(content, content_type="image/png", headers={**_CACHING, **_ALONE})


def _check_result(job: Job) -> None:
    """Raises Purged, ResultNotReady or NoResult."""
    if job.is_purged:
        raise services.purged(job)
    if job.result:
        return
    if not job.is_finished:
        raise ResultNotReady(f"{job.pages_done} of {job.total_pages} pages are through. Ask again in a while.")
    raise NoResult(_why_no_result(job))


def _format(request: Request, names: tuple[str, ...]) -> str:
    name = request.query_params.get("format", STORED)
    if name not in names:
        raise BadOption(f'There is no format "{name[:40]}" here. There are: {", ".join(names)}.')
    return name


def _width(request: Request) -> int:
    asked = request.query_params.get("width", str(_WIDTH))
    if not _DIGITS.fullmatch(asked) or int(asked) not in _WIDTHS:
        raise BadOption(f"`width` is in pixels, a whole number from {_WIDTHS[0]} to {_WIDTHS[-1]}.")
    return int(asked)


def _page(job: Job, pages: QuerySet[Page], number: str) -> Page:
    page = pages.filter(number=int(number)).first()
    if page is None:
        raise PageNotFound(f"Page {number} is not among the {job.total_pages} pages of this job.")
    return page


def _page_as(name: str, job: Job, page: Page) -> HttpResponse:
    if name == "json":
        return HttpResponse(json.dumps(told(page_object(page)), ensure_ascii=False), content_type="application/json")
    if name == "html":
        # Only a vision model writes TeX; in the words of a PDF a dollar is a dollar.
        fragment = page_html(page.markdown, _picture_address(job), with_formulas=page.source == _VISION)
        return HttpResponse(
            fragment, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY}
        )
    return HttpResponse(page.markdown, content_type=_MARKDOWN)


def _picture_address(job: Job) -> Address:
    return lambda name: reverse("job-picture", args=[job.job_id, name])


def _not_ready(job: Job, page: Page) -> Problem:
    if job.is_finished:
        return PageNotMade(f"The job was {job.status} before page {page.number} was converted. Retry makes it.")
    return PageNotReady(f"The job is {job.status}, page {page.number} is {page.status}.")


def _why_no_result(job: Job) -> str:
    if job.status == Job.Status.CANCELLED:
        return "The job was cancelled. The pages made until then are under /pages; retry makes the rest."
    return f"The job failed: {job.error} Retry tries all of its pages again."
