"""The words that operations are described in: an operation, its answers, its parameters, what it may refuse."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework.serializers import BaseSerializer

from jobs.errors import PROBLEM_JSON, Problem

Piece = dict[str, Any]
Form = type[BaseSerializer[Any]] | Piece
"""A serializer, or a schema as OpenAPI writes it."""

TEXT: Piece = {"type": "string"}
BINARY: Piece = {"type": "string", "format": "binary"}


@dataclass(frozen=True)
class Answer:
    """`content` by media type; `headers` by name, each with its meaning."""

    description: str
    content: Mapping[str, Form] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """What one method of one address does. `refusals` are besides those that every address has."""

    id: str
    tag: str
    summary: str
    answers: Mapping[int, Answer]
    refusals: tuple[type[Problem], ...] = ()
    parameters: tuple[Piece, ...] = ()
    body: Mapping[str, Form] = field(default_factory=dict)
    body_required: bool = True
    is_open: bool = False
    """Whether it needs no login."""


def ref(name: str) -> Piece:
    return {"$ref": f"#/components/schemas/{name}"}


def json_of(form: Form) -> dict[str, Form]:
    return {"application/json": form}


def as_form(form: Form) -> dict[str, Form]:
    """A body that may come as JSON or as a form."""
    return {"application/json": form, "application/x-www-form-urlencoded": form, "multipart/form-data": form}


def query(name: str, description: str, **schema: Any) -> Piece:
    return {"in": "query", "name": name, "description": description, "schema": schema}


def header(name: str, description: str, **schema: Any) -> Piece:
    return {"in": "header", "name": name, "description": description, "schema": schema or TEXT}


def path(name: str, description: str, **schema: Any) -> Piece:
    return {"in": "path", "name": name, "required": True, "description": description, "schema": schema}


def refusals(kinds: tuple[type[Problem], ...]) -> dict[str, Piece]:
    """The answers for all kinds of refusal, by status, with an example of each."""
    found: dict[str, Piece] = {}
    for kind in kinds:
        answer = found.setdefault(str(int(kind.status)), _refusal())
        answer["content"][PROBLEM_JSON]["examples"][kind.code] = {"value": _example(kind)}
        if kind.retry_after_s is not None:
            answer["headers"]["Retry-After"] = {"description": "Seconds to wait.", "schema": TEXT}
    for answer in found.values():
        titles = (each["value"]["title"] for each in answer["content"][PROBLEM_JSON]["examples"].values())
        answer["description"] = "; ".join(dict.fromkeys(titles)) + "."
    return found


def _refusal() -> Piece:
    return {
        "description": "",
        "headers": {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}},
        "content": {PROBLEM_JSON: {"schema": ref("Problem"), "examples": {}}},
    }


def _example(kind: type[Problem]) -> dict[str, object]:
    return kind(f"{kind.title}.").document("6f1c0a4be0b54e0f8d0c6f5f7a9d3c21")
