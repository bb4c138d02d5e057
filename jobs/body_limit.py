"""Refuses a request's body by its announced size: Django would take all of it in before a view could say no."""

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from jobs.errors import PROBLEM_JSON, LengthRequired, Problem, TooLarge
from jobs.limits import MIB, limits
from jobs.services.submission import too_large_detail

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# What a form's fields and boundaries may add to the file.
_FORM_BYTES = MIB


class BodyLimit:
    """An ASGI application around `inner`: 413 for a body over the upload limit, 411 for one of unknown size."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = _problem(dict(scope["headers"])) if scope["type"] == "http" else None
        if problem is None:
            await self.inner(scope, receive, send)
        else:
            await _refuse(problem, send)


def _problem(headers: dict[bytes, bytes]) -> Problem | None:
    if b"chunked" in headers.get(b"transfer-encoding", b"").lower():
        return LengthRequired("Send the request with a Content-Length header, not in chunks of unknown number.")
    size = headers.get(b"content-length", b"0")
    if size.isdigit() and int(size) > limits().upload_bytes + _FORM_BYTES:
        return TooLarge(too_large_detail(int(size)))
    return None


async def _refuse(problem: Problem, send: Send) -> None:
    request_id = uuid.uuid4().hex  # no middleware has seen the request
    body = json.dumps(problem.document(request_id)).encode()
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-request-id", request_id.encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": int(problem.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
