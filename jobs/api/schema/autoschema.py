"""Turns the table of operations into OpenAPI, view by view."""

from typing import Any

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry

from jobs import errors
from jobs.api.schema.operations import OPERATIONS, PARTS, PATHS
from jobs.api.schema.words import Answer, Form, Operation, Piece, refusals
from jobs.errors import Problem


class _LoginRequired(Problem):
    status, code, title = 401, "login_failed", "Unauthorized"


class _Forbidden(Problem):
    status, code, title = 403, "forbidden", "Forbidden"


class _NoLogin(Problem):
    status, code, title = 403, "login_required", "Forbidden"


class _NotAllowed(Problem):
    status, code, title = 405, "method_not_allowed", "Method Not Allowed"


class _OtherForm(Problem):
    status, code, title = 415, "unsupported_media_type", "Unsupported Media Type"


_EVERYWHERE = (Problem, _NotAllowed, errors.ServerFault)
_BEHIND_LOGIN = (
    _LoginRequired,
    _NoLogin,
    _Forbidden,
    errors.UnknownVersion,
    errors.TooManyRequests,
    errors.Unavailable,
)
_WRITING = (errors.CrossSite, errors.LengthRequired, errors.TooLarge, _OtherForm, errors.StorageFull)


class TableSchema(AutoSchema):
    """Describes a view by its entry in `operations.py`, and leaves out what has none there."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Piece | None:
        self.registry, self.path, self.path_regex, self.path_prefix = registry, path, path_regex, path_prefix
        self.method = method.upper()
        for part in PARTS:
            self.resolve_serializer(part, "response")
        entry = OPERATIONS.get((self.method, path))
        return described(entry, self.method, path, self._schema) if entry else None

    def _schema(self, form: Form, direction: str) -> Piece:
        if isinstance(form, dict):
            return form
        found: Piece = self.resolve_serializer(form, direction).ref  # type: ignore[arg-type]
        return found


def described(entry: Operation, method: str, path: str, schema: Any) -> Piece:
    """The operation as OpenAPI has it. `schema(form, direction)` gives the schema of a serializer."""
    from_path = [PATHS[name] for name in PATHS if f"{{{name}}}" in path]
    operation: Piece = {
        "operationId": entry.id,
        "summary": entry.summary,
        "tags": [entry.tag],
        "parameters": [*from_path, *entry.parameters],
        "security": _security(entry),
        "responses": {
            **refusals(_refusals(entry, method)),
            **{str(status): _answer(answer, schema) for status, answer in entry.answers.items()},
        },
    }
    if entry.body:
        operation["requestBody"] = _body(entry, schema)
    return operation


def _refusals(entry: Operation, method: str) -> tuple[type[Problem], ...]:
    behind = () if entry.is_open else _BEHIND_LOGIN
    return (*_EVERYWHERE, *behind, *(() if method == "GET" else _WRITING), *entry.refusals)


def _security(entry: Operation) -> list[Piece]:
    ways: list[Piece] = [] if entry.is_open else [{"session": []}, {"token": []}]
    return ways if ways and settings.REQUIRE_LOGIN else [{}, *ways]


def _answer(answer: Answer, schema: Any) -> Piece:
    headers = {name: {"description": meaning, "schema": {"type": "string"}} for name, meaning in answer.headers.items()}
    found: Piece = {
        "description": answer.description,
        "headers": {**headers, "X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}},
    }
    if answer.content:
        found["content"] = {kind: {"schema": schema(form, "response")} for kind, form in answer.content.items()}
    return found


def _body(entry: Operation, schema: Any) -> Piece:
    content = {kind: {"schema": schema(form, "request")} for kind, form in entry.body.items()}
    if set(content) == {"multipart/form-data"}:
        content["multipart/form-data"]["encoding"] = {"file": {"contentType": "application/pdf"}}
    return {"required": entry.body_required, "content": content}
