"""All errors of the API in one form: RFC 9457 problem documents."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from jobs import logs, outages
from jobs.errors import PROBLEM_JSON, Problem
from jobs.sayings import said

logger = logging.getLogger(__name__)

_CODES = {
    exceptions.NotAuthenticated: ("login_required", "Log in first, or send a token, then ask again."),
    exceptions.AuthenticationFailed: ("login_failed", "The login is not valid; log in anew."),
    exceptions.PermissionDenied: ("forbidden", "You may not do this."),
    exceptions.MethodNotAllowed: ("method_not_allowed", ""),
    exceptions.UnsupportedMediaType: (
        "unsupported_media_type",
        "Send the upload as multipart/form-data with the PDF in the field `file`.",
    ),
    exceptions.ParseError: ("bad_request", "The request's body can't be read; send it again as a form."),
}


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: our own problems, DRF's and Django's errors as problem documents."""
    if isinstance(error, Problem):
        return problem_response(error)
    if outage := outages.problem_of(error):
        logger.warning("A request could not be served: %s", error)
        return problem_response(outage)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _from_drf(error)
    return None


def problem_response(problem: Problem) -> Response:
    """The answer for `problem`."""
    return Response(
        problem.document(logs.request_id.get()),
        status=int(problem.status),
        headers=problem.headers(),
        content_type=PROBLEM_JSON,
    )


def _from_drf(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        problem = Problem(_sentence(error.detail), code="bad_option")
        problem.title = "An option has a wrong value"
    else:
        code, detail = _CODES.get(type(error), (str(error.default_code), ""))
        problem = Problem(detail or str(error.detail), code=code)
        problem.title = HTTPStatus(error.status_code).phrase
    problem.status = error.status_code
    response = problem_response(problem)
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait))
    if challenge := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    return response


def _sentence(detail: Any) -> str:
    """DRF's nested error lists as one line: "pages: Not a valid string." """
    if isinstance(detail, dict):
        return " ".join(f"{field}: {_sentence(why)}" for field, why in detail.items())
    if isinstance(detail, list):
        return " ".join(_sentence(part) for part in detail)
    return said(str(detail))
