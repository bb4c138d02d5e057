"""The description of the API is complete, valid and true."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular import validation
from drf_spectacular.drainage import GENERATOR_STATS
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from rest_framework.test import APIClient

from jobs.api.schema.examples import EXAMPLES
from jobs.api.schema.operations import OPERATIONS
from jobs.api.schema.views import openapi
from jobs.middleware import _readable
from jobs.models import WebhookDelivery, WebhookEndpoint
from tests.api.conftest import Answer, Send, assert_problem
from tests.conftest import MakeJob

_METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return openapi()


def described(schema: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, methods in schema["paths"].items() for method in methods}


def addresses(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/"):
            path = _readable(route).replace("{pk}", "{id}")
            yield from ((method.upper(), path) for method in methods(pattern.callback))


def methods(view: Any) -> list[str]:
    if hasattr(view, "actions"):
        return [method for method in _METHODS if method in view.actions]
    return [method for method in _METHODS if hasattr(getattr(view, "cls", None), method)] or ["get"]


def test_it_describes_each_address_and_method_and_no_others(schema: dict[str, Any]) -> None:
    there = set(addresses(get_resolver().url_patterns))
    assert described(schema) == there == set(OPERATIONS)


def test_it_is_openapi_without_a_warning(schema: dict[str, Any]) -> None:
    openapi()
    assert not GENERATOR_STATS
    assert schema["openapi"] == "3.1.0"


def faults(schema: dict[str, Any]) -> list[str]:
    """What of the document is against OpenAPI's own schema, or of a schema in it against that of JSON Schema."""
    openapi_3_1 = json.loads((Path(validation.__file__).parent / "openapi_3_1_schema.json").read_text())
    dialect = "https://json-schema.org/draft/2020-12/schema"
    # OpenAPI's schema leaves the dialect of the schemas within to whoever uses it, by a dynamic anchor.
    meta = {"$dynamicAnchor": "meta", "$ref": dialect}
    whole = {"$id": "urn:whole", "$schema": dialect, "$ref": openapi_3_1["$id"], "$defs": {"dialect": meta}}
    registry: Registry[Any] = Registry().with_resource(openapi_3_1["$id"], Resource.from_contents(openapi_3_1))
    found = Draft202012Validator(whole, registry=registry).iter_errors(json.loads(json.dumps(schema)))
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def test_it_is_what_openapi_says_as_a_whole(schema: dict[str, Any]) -> None:
    assert faults(schema) == []


def test_it_would_see_a_fault_anywhere(schema: dict[str, Any]) -> None:
    assert faults({**schema, "info": {}})
    broken = copy.deepcopy(schema)
    broken["components"]["schemas"]["Job"]["properties"]["filename"]["type"] = "text"
    assert faults(broken)
    del (again := copy.deepcopy(schema))["paths"]["/api/jobs"]["get"]["parameters"][0]["in"]
    assert faults(again)


def test_it_is_served_as_json(api: APIClient) -> None:
    assert api.get("/api/schema").json()["info"]["title"] == "PDF jobs"


def test_it_is_a_page_without_scripts(api: APIClient) -> None:
    page = api.get("/api/docs")
    assert "/api/jobs/{job_id}/result" in page.content.decode()
    assert "<script" not in page.content.decode()


def assert_conforms(schema: dict[str, Any], method: str, path: str, answer: Answer) -> None:
    found = schema["paths"][path][method]["responses"][str(answer.status_code)]
    kind = answer["Content-Type"].partition(";")[0]
    validate(schema, found["content"][kind]["schema"]["$ref"], answer.json())


def validate(schema: dict[str, Any], name: str, document: Any) -> None:
    root = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:api", **schema}
    registry: Registry[Any] = Registry().with_resource("urn:api", Resource.from_contents(root))
    Draft202012Validator({"$ref": f"urn:api{name}"}, registry=registry).validate(document)


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_has_examples_that_are_true(schema: dict[str, Any], name: str) -> None:
    (example,) = schema["components"]["schemas"][name]["examples"]
    validate(schema, f"#/components/schemas/{name}", example)


@pytest.mark.parametrize(
    "path",
    [
        "/api/jobs",
        "/api/jobs/{job_id}",
        "/api/jobs/{job_id}/status",
        "/api/jobs/{job_id}/pages",
        "/api/storage",
        "/api/limits",
    ],
)
@pytest.mark.parametrize("status", ["pending", "processing", "completed", "failed", "cancelled"])
def test_it_is_true_of_jobs(
    schema: dict[str, Any], as_alice: APIClient, make_job: MakeJob, path: str, status: str
) -> None:
    job = make_job(status=status)
    assert_conforms(schema, "get", path, as_alice.get(path.format(job_id=job.job_id)))


def test_it_is_true_of_uploads(schema: dict[str, Any], send: Send) -> None:
    assert_conforms(schema, "post", "/api/upload", send())
    assert_conforms(schema, "post", "/api/upload", send(b"no pdf"))


def test_it_is_true_of_what_is_not_there(schema: dict[str, Any], as_alice: APIClient) -> None:
    assert_conforms(schema, "get", "/api/jobs/{job_id}", as_alice.get("/api/jobs/none"))


def test_it_is_true_of_webhooks(
    schema: dict[str, Any], as_alice: APIClient, webhook: WebhookEndpoint, delivery: WebhookDelivery
) -> None:
    assert_conforms(schema, "post", "/api/webhooks/{id}/test", as_alice.post(f"/api/webhooks/{webhook.pk}/test"))
    assert_conforms(schema, "get", "/api/webhooks", as_alice.get("/api/webhooks"))
    assert_conforms(schema, "get", "/api/deliveries", as_alice.get("/api/deliveries"))


@pytest.mark.parametrize("path", ["/api/health/live", "/api/health/ready"])
def test_it_is_true_of_health(db: None, schema: dict[str, Any], api: APIClient, path: str) -> None:
    assert_conforms(schema, "get", path, api.get(path))


@pytest.mark.parametrize(
    "accept", ["application/json; version=1", "*/*", "text/html", "application/json;version=7, */*", ";;q=,", ""]
)
def test_it_understands_versions(as_alice: APIClient, accept: str) -> None:
    assert as_alice.get("/api/jobs", HTTP_ACCEPT=accept).status_code == 200


@pytest.mark.parametrize("path", ["/api/jobs", "/api/jobs/none/status"])
def test_it_refuses_versions_that_are_not_there(as_alice: APIClient, path: str) -> None:
    answer = as_alice.get(path, HTTP_ACCEPT="application/json; version=2")
    assert_problem(answer, 406, "not_acceptable")
