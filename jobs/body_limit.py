"""Refuses a request's body by its announced size: Django would take all of it in before a view could say no."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, override

from jobs import access, outages
from jobs.errors import PROBLEM_JSON, LengthRequired, Problem, TooLarge
from jobs.limits import MIB, limits
from jobs.sayings import told
from jobs.services.admission import check_disk
from jobs.services.submission import too_large_detail

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# What a form's fields and boundaries may add to the file.
_FORM_BYTES = MIB
# Bodies up to this size stay in memory.
_SMALL_BYTES = MIB
# How long the connection stays open after a refusal: who is still sending (a proxy does) would else lose the answer
# with the connection.
_LINGER_S = 5.0


class BodyLimit:
    """An ASGI application around `inner`: 413 for a body over the upload limit, 411 for one of unknown size, 507
    for one that the disk has no room for."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = _problem(dict(scope["headers"])) if scope["type"] == "http" else None
        if problem is not None:
            await _refuse(problem, scope, receive, send)
            return
        answer = _Answer(send)
        try:
            await self.inner(scope, receive, answer.send)
        except OSError as error:
            # While Django was still receiving the body: no view has seen the request yet.
            problem = outages.problem_of(error)
            if answer.has_begun or problem is None:
                raise
            await _refuse(problem, scope, receive, send)


class _Answer:
    """Knows whether an answer was begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False

    async def send(self, message: Mapping[str, Any]) -> None:
        self.has_begun = True
        await self._send(message)


def _problem(headers: dict[bytes, bytes]) -> Problem | None:
    if b"chunked" in headers.get(b"transfer-encoding", b"").lower():
        return LengthRequired("Send the request with a Content-Length header, not in chunks of unknown number.")
    size = headers.get(b"content-length", b"0")
    if size.isdigit() and int(size) > limits().upload_bytes + _FORM_BYTES:
        return TooLarge(too_large_detail(int(size)))
    if size.isdigit() and int(size) > _SMALL_BYTES:
        return _disk_problem(int(size))
    return None


def _disk_problem(size: int) -> Problem | None:
    try:
        # Once as the request's body, once as the file in it.
        check_disk(2 * size)
    except Problem as problem:
        return problem
    return None


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the middleware would that has not seen the request: with a page where a browser shows one."""
    access.note(str(scope.get("method", "")), "body", int(problem.status), 0.0)
    request_id = uuid.uuid4().hex
    request = ASGIRequest(scope, BytesIO())
    with override(get_language_from_request(request)):
        document = told(problem.document(request_id))
        response = _page(document) if _shows_pages(request) else JsonResponse(document, content_type=PROBLEM_JSON)
    headers = {**response.headers, **problem.headers(), "X-Request-ID": request_id, "Connection": "close"}
    headers["Content-Length"] = str(len(response.content))
    lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": int(problem.status), "headers": lines})
    await send({"type": "http.response.body", "body": response.content, "more_body": True})
    await _let_finish(receive)
    await send({"type": "http.response.body", "body": b""})


async def _let_finish(receive: Receive) -> None:
    """Throw away what still comes, until the other side has read the answer and ends or has had time for it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            while (await receive()).get("more_body"):
                pass


def _shows_pages(request: ASGIRequest) -> bool:
    """Whether a person is to read the answer: a form without scripts was sent."""
    asked = request.headers.get("Accept", "")
    return "text/html" in asked and not request.path.startswith("/api/")


def _page(document: dict[str, Any]) -> HttpResponse:
    headers = {
        "Content-Security-Policy": build_policy(),
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    }
    return HttpResponse(render_to_string("jobs/problem.html", {"problem": document}), headers=headers)
