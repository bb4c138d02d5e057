"""Around each request: its id, and the guard of the open local mode. Both work in sync and async chains."""

import re
import uuid
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from jobs import logs
from jobs.errors import PROBLEM_JSON, CrossSite

Handler = Callable[[HttpRequest], Any]

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
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


class SameOrigin(_Both):
    """Where no login is asked for, a page of another site must not be able to use the server through the browser."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if settings.REQUIRE_LOGIN or request.method in _SAFE or not _comes_from_elsewhere(request):
            response: HttpResponseBase = self.get_response(request)
            return response
        return self._async_refusal() if self.is_async else _refusal()

    async def _async_refusal(self) -> HttpResponseBase:
        return _refusal()


def _comes_from_elsewhere(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    if origin is not None and urlsplit(origin).netloc != request.get_host():
        return True
    return request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")


def _refusal() -> JsonResponse:
    problem = CrossSite("Open the server's own page and do it there, or list the site in PDFJOBS_TRUSTED_ORIGINS.")
    return JsonResponse(problem.document(logs.request_id.get()), status=int(problem.status), content_type=PROBLEM_JSON)
