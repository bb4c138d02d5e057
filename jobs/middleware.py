"""Around each request: its id, its line in the log, and the guard of the open local mode.

All of them work in sync and async chains.
"""

import asyncio
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import cache
from inspect import iscoroutinefunction
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.utils.translation import get_language_from_request, override

from jobs import access, logs
from jobs.errors import PROBLEM_JSON, CrossSite
from jobs.sayings import told

Handler = Callable[[HttpRequest], Any]

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_JOB_ID = re.compile(r"[a-z0-9_]{1,120}\Z")
_PART = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")
_CLIENT_GONE = 499  # as nginx says it
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class _Both:
    """A middleware for sync and async chains alike, as Django's documentation describes it."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        raise NotImplementedError


class RequestId(_Both):
    """Gives each request an id (a proxy's `X-Request-ID` if there is one) for log lines, problems and the answer."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        given = request.headers.get("X-Request-ID", "")
        logs.request_id.set(given if _GIVEN_ID.match(given) else uuid.uuid4().hex)
        return self._async(request) if self.is_async else self._marked(self.get_response(request))

    async def _async(self, request: HttpRequest) -> HttpResponseBase:
        return self._marked(await self.get_response(request))

    def _marked(self, response: HttpResponseBase) -> HttpResponseBase:
        response["X-Request-ID"] = logs.request_id.get()
        return response


class AccessLog(_Both):
    """Notes each answer, and the job that it is about for all lines between."""

    def __init__(self, get_response: Handler) -> None:
        super().__init__(get_response)
        # Async, so that Django does not take it for a thread's work.
        self.process_view = self._async_note_job if self.is_async else self._note_job

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        logs.job_id.set("-")
        if self.is_async:
            return self._async(request)
        began = time.monotonic()
        response: HttpResponseBase = self.get_response(request)
        _note(request, response.status_code, began)
        return response

    async def _async(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        try:
            response: HttpResponseBase = await self.get_response(request)
        except asyncio.CancelledError:
            _note(request, _CLIENT_GONE, began)
            raise
        _note(request, response.status_code, began)
        return response

    def _note_job(self, request: HttpRequest, view: object, arguments: object, named: dict[str, Any]) -> None:
        job_id = str(named.get("job_id", ""))
        if _JOB_ID.match(job_id):
            logs.job_id.set(job_id)

    async def _async_note_job(
        self, request: HttpRequest, view: object, arguments: object, named: dict[str, Any]
    ) -> None:
        self._note_job(request, view, arguments, named)


def _note(request: HttpRequest, status: int, began: float) -> None:
    access.note(request.method or "", _route(request), status, time.monotonic() - began)


def _route(request: HttpRequest) -> str:
    """The pattern of the address, as /api/jobs/{job_id}."""
    match = request.resolver_match
    if match is not None:
        return _readable(match.route)
    return "static" if request.path.startswith(settings.STATIC_URL) else "unknown"


@cache
def _readable(route: str) -> str:
    return "/" + _PART.sub(lambda part: f"{{{part[1] or part[2]}}}", route).replace("^", "").removesuffix("$")


class Common(CommonMiddleware):
    """Django's, which refuses foreign Host headers; but probes ask by whatever address they know, and learn nothing."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path.startswith("/api/health/") else super().process_request(request)


class SameOrigin(_Both):
    """Where no login is asked for, a page of another site must not be able to use the server through the browser.

    Who shows a token to the API is no such page: browsers ask the server before they let a page send one to another
    site, and this server never says yes.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if (
            settings.REQUIRE_LOGIN
            or request.method in _SAFE
            or _shows_token(request)
            or not _comes_from_elsewhere(request)
        ):
            response: HttpResponseBase = self.get_response(request)
            return response
        return self._async_refusal(request) if self.is_async else _refusal(request)

    async def _async_refusal(self, request: HttpRequest) -> HttpResponseBase:
        return _refusal(request)


def _shows_token(request: HttpRequest) -> bool:
    scheme = request.headers.get("Authorization", "").partition(" ")[0]
    return scheme.lower() == "bearer" and request.path.startswith("/api/")


def _comes_from_elsewhere(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    if origin is not None and urlsplit(origin).netloc != request.get_host():
        return True
    return request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")


def _refusal(request: HttpRequest) -> JsonResponse:
    problem = CrossSite("Open the server's own page and do it there, or list the site in PDFJOBS_TRUSTED_ORIGINS.")
    # Django's own choice of the language comes further inside.
    with override(get_language_from_request(request)):
        document = told(problem.document(logs.request_id.get()))
    return JsonResponse(document, status=int(problem.status), content_type=PROBLEM_JSON)
