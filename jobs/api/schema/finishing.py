"""What is added when all views are described."""

from typing import Any

from rest_framework.serializers import BooleanField

from jobs.api.schema.autoschema import described
from jobs.api.schema.components import FIELDS, SCHEMAS
from jobs.api.schema.examples import EXAMPLES
from jobs.api.schema.operations import OPERATIONS
from jobs.api.schema.words import Piece

_HEADERS = {"X-Request-ID": {"description": "Names the request in the server's log.", "schema": {"type": "string"}}}
_SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    "token": {"type": "http", "scheme": "bearer"},
}
# What is taken for a truth value in forms, which know nothing but text, and elsewhere.
_WORDS = {each for each in BooleanField.TRUE_VALUES | BooleanField.FALSE_VALUES if isinstance(each, str)}
_TRUTHS: list[Any] = [True, False, 1, 0, *sorted(_WORDS)]
# Addresses that are no views of DRF.
_PLAIN = (("GET", "/api/health/live"), ("GET", "/api/health/ready"))


def finished(result: Piece, **_: Any) -> Piece:
    """drf-spectacular's hook: plain views, documents without serializers, and what serializers can't tell."""
    schemas = result["components"]["schemas"]
    schemas.update(SCHEMAS)
    for name, fields in FIELDS.items():
        schemas[name]["properties"].update(fields)
    _complete(schemas)
    for name, example in EXAMPLES.items():
        schemas[name]["examples"] = [example]
    result["components"].update(headers=_HEADERS, securitySchemes=_SECURITY)
    for method, path in _PLAIN:
        entry = described(OPERATIONS[method, path], method, path, lambda form, _: form)
        result["paths"].setdefault(path, {})[method.lower()] = entry
    return result


def _complete(schemas: dict[str, Piece]) -> None:
    """Answers always have all their fields; forms take no others than theirs."""
    for name in ("Job", "Page", "Webhook", "Delivery"):
        schemas[name]["required"] = list(schemas[name]["properties"])
    schemas["Upload"]["required"] = ["file"]
    for name in ("Upload", "WebhookForm"):
        schemas[name]["additionalProperties"] = False
    for name in ("Upload", "Keep", "Cleanup", "WebhookForm"):
        for field in schemas[name]["properties"].values():
            if field.get("type") == "boolean":
                del field["type"]
                field["enum"] = _TRUTHS
    changes = {key: {**value} for key, value in schemas["WebhookForm"]["properties"].items()}
    for each in changes.values():
        each.pop("default", None)
    schemas["WebhookChanges"] = {
        "type": "object",
        "properties": changes,
        "additionalProperties": False,
        "minProperties": 1,
    }
