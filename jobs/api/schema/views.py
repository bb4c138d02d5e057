"""The description of the API, for programs and for people. It says nothing of anybody, so everybody may read it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class SchemaView(APIView):
    """`GET /api/schema`: OpenAPI 3.1 as JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer,)

    def get(self, request: Request) -> Response:
        return Response(openapi())


class DocsView(APIView):
    """`GET /api/docs`: the same as a page. It needs no script, so nothing of it comes from elsewhere."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> HttpResponse:
        schema = openapi()
        return render(request._request, "jobs/docs.html", {"schema": schema, "operations": _operations(schema)})


def openapi() -> dict[str, Any]:
    """The whole description."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"path": path, "method": method.upper(), "id": operation["operationId"], "fields": fields, **operation}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        for fields in [_fields(schema, operation)]
    ]


def _fields(schema: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    """What may be in the operation's body, by name."""
    for body in operation.get("requestBody", {}).get("content", {}).values():
        name = body["schema"]["$ref"].rpartition("/")[2]
        fields: dict[str, Any] = schema["components"]["schemas"][name]["properties"]
        return fields
    return {}
