"""What is added when all views are described."""

from typing import Any

from jobs.api.schema.autoschema import described
from jobs.api.schema.components import FIELDS, SCHEMAS
from jobs.api.schema.operations import OPERATIONS
from jobs.api.schema.words import Piece

_HEADERS = {"X-Request-ID": {"description": "Names the request in the server's log.", "schema": {"type": "string"}}}
_SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
    "token": {"type": "http", "scheme": "bearer"},
}
# Addresses that are no views of DRF.
_PLAIN = (("GET", "/api/health/live"), ("GET", "/api/health/ready"))


def finished(result: Piece, **_: Any) -> Piece:
    """drf-spectacular's hook: plain views, documents without serializers, and what serializers can't tell."""
    schemas = result["components"]["schemas"]
    schemas.update(SCHEMAS)
    for name, fields in FIELDS.items():
        schemas[name]["properties"].update(fields)
    _complete(schemas)
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
    changes = {key: {**value} for key, value in schemas["WebhookForm"]["properties"].items()}
    for each in changes.values():
        each.pop("default", None)
    schemas["WebhookChanges"] = {"type": "object", "properties": changes, "additionalProperties": False}
