"""The schemas of documents that no serializer writes, and what serializers can't tell of theirs."""

from jobs import engines
from jobs.api.schema.words import Piece, ref
from jobs.limits import URL_CHARACTERS
from jobs.listing import GROUPS
from jobs.models import Job, WebhookEvent
from jobs.models.webhook import TEST

_COUNT: Piece = {"type": "integer", "minimum": 0}
_TEXT: Piece = {"type": "string"}
_TEXT_OR_NULL: Piece = {"type": ["string", "null"]}
_MOMENT_OR_NULL: Piece = {"type": ["string", "null"], "format": "date-time"}
_SENTENCES: Piece = {"type": "array", "items": _TEXT}


def _object(**properties: Piece) -> Piece:
    return {"type": "object", "required": list(properties), "properties": properties}


def _pages_of(name: str, rows: str, **more: Piece) -> Piece:
    rest: dict[str, Piece] = {"count": _COUNT, "next": _TEXT_OR_NULL, "previous": _TEXT_OR_NULL, **more}
    return _object(**{name: {"type": "array", "items": ref(rows)}, **rest})


_ROOM = {"jobs": _COUNT, "file_bytes": _COUNT, "page_bytes": _COUNT, "used_bytes": _COUNT}
_ALLOWED = {"max_jobs": _COUNT, "max_bytes": _COUNT}
_STATUS: Piece = {"type": "string", "enum": list(Job.Status.values)}

SCHEMAS: dict[str, Piece] = {
    "Problem": {
        **_object(
            type={"type": "string", "description": "urn:pdfjobs:problem: and the code."},
            title=_TEXT,
            status={"type": "integer", "minimum": 400, "maximum": 599},
            detail={
                "type": "string",
                "description": "A sentence for people: what to do about it. English, or German where Accept-Language "
                "asks for it.",
            },
            code={"type": "string", "description": "Stable; for programs to decide by.", "pattern": "^[a-z_]+$"},
            request_id={"type": "string", "description": "As in X-Request-ID and in the server's log."},
        ),
        "description": "Something that was refused or went wrong (RFC 9457).",
    },
    "Status": _object(
        job_id=_TEXT,
        status=_STATUS,
        progress={"type": "integer", "minimum": 0, "maximum": 100},
        pages_done=_COUNT,
        total_pages=_COUNT,
        pages_failed=_COUNT,
        error=_TEXT_OR_NULL,
        waiting={"type": ["string", "null"], "description": "Why nothing goes on, when it does not."},
        queue_position={"type": ["integer", "null"], "minimum": 0, "description": "Waiting jobs before this one."},
        eta_seconds={"type": ["integer", "null"], "minimum": 0},
        expires_at=_MOMENT_OR_NULL,
        last_progress_at=_MOMENT_OR_NULL,
        is_terminal={"type": "boolean", "description": "It changes no more by itself."},
    ),
    "StatusEvent": {
        "type": "object",
        "description": "A server-sent event.",
        "properties": {
            "event": {"enum": ["status", "finished", "gone"]},
            "id": {"type": "string", "description": "For Last-Event-ID."},
            "data": {"type": "string", "contentMediaType": "application/json"},
        },
    },
    "JobList": _pages_of(
        "jobs",
        "Job",
        counts=_object(**dict.fromkeys(Job.Status.values, _COUNT)),
        groups=_object(**dict.fromkeys(GROUPS, _COUNT)),
        progress={
            "type": "object",
            "description": "Of the active jobs among them, by id.",
            "additionalProperties": ref("Status"),
        },
    ),
    "PageList": _object(pages={"type": "array", "items": ref("Page")}),
    "PageContent": _object(
        number={"type": "integer", "minimum": 1},
        label=_TEXT_OR_NULL,
        status=_TEXT,
        source=_TEXT_OR_NULL,
        width={"type": ["number", "null"]},
        height={"type": ["number", "null"]},
        turned={"type": ["number", "null"]},
        seconds={"type": ["number", "null"]},
        warnings=_SENTENCES,
        error=_TEXT_OR_NULL,
        markdown=_TEXT,
        blocks={"type": "array", "items": {"type": "object"}},
    ),
    "Found": _object(
        matches=_COUNT,
        pages_found=_COUNT,
        truncated={"type": "boolean", "description": "More pages have it than are told of."},
        pages={
            "type": "array",
            "items": _object(
                number={"type": "integer", "minimum": 1},
                matches=_COUNT,
                snippets={"type": "array", "items": _object(before=_TEXT, match=_TEXT, after=_TEXT)},
            ),
        },
    ),
    "Result": {"type": "object", "description": "See static/jobs/result.schema.json."},
    "Deleted": _object(deleted={"const": True}),
    "WebhookList": _object(webhooks={"type": "array", "items": ref("Webhook")}),
    "WebhookWithSecret": {"allOf": [ref("Webhook"), _object(secret={"type": "string", "pattern": "^whsec_"})]},
    "Secret": _object(secret={"type": "string", "pattern": "^whsec_"}),
    "DeliveryList": _pages_of("deliveries", "Delivery"),
    "OwnLimit": {
        "type": ["object", "null"],
        "description": "A limit of the one who asks; null where there is none.",
        "required": ["limit", "left", "anew_at"],
        "properties": {"limit": _COUNT, "left": _COUNT, "anew_at": _MOMENT_OR_NULL},
    },
    "Limits": _object(
        upload_bytes={**_COUNT, "description": "Of one file."},
        pages={**_COUNT, "description": "Of one job."},
        page_seconds={**_COUNT, "description": "That one page may take."},
        page_memory_mb={**_COUNT, "description": "That one page may need."},
        engines={**_SENTENCES, "description": "What the option `engine` may name."},
        default_engine=_TEXT,
        vision_model={**_TEXT_OR_NULL, "description": "What `vision` asks; null where there is none."},
        prompt_characters={**_COUNT, "description": "Of the option `prompt`; 0 where no engine takes one."},
        ocr_languages={**_SENTENCES, "description": "What `ocr_language` may name, in Tesseract's codes."},
        retention=_object(
            **_ALLOWED,
            unused_seconds={
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "After so long without use a finished job is purged; null: never for its age.",
            },
        ),
        own=_object(
            requests_per_minute=ref("OwnLimit"),
            uploads_per_hour=ref("OwnLimit"),
            active_pages=ref("OwnLimit"),
            stored_bytes=ref("OwnLimit"),
        ),
    ),
    "Storage": _object(**_ROOM, **_ALLOWED),
    "AdminStorage": _object(
        **_ROOM,
        **_ALLOWED,
        purgeable=_object(**_ROOM),
        unpurgeable=_object(**_ROOM),
        tombstones=_COUNT,
        disk_free_bytes=_COUNT,
        disk_reserve_bytes=_COUNT,
    ),
    "CleanupReport": _object(
        dry_run={"type": "boolean"},
        jobs={"type": "array", "items": _object(job_id=_TEXT, reason=_TEXT, bytes=_COUNT)},
        freed_bytes=_COUNT,
        orphans=_COUNT,
    ),
    "Live": _object(status={"const": "ok"}),
    "Ready": _object(
        status={"enum": ["ok", "degraded", "failing"]},
        checks={
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["status"],
                "properties": {"status": {"enum": ["ok", "failing"]}, "why": _TEXT},
            },
        },
    ),
}

# What a serializer's fields can't say.
FIELDS: dict[str, dict[str, Piece]] = {
    "Delivery": {
        "event": {"type": "string", "enum": [*WebhookEvent.values, TEST]},
        "tries": {
            "type": "array",
            "description": "All attempts, the first first.",
            "items": _object(
                at={"type": "string", "format": "date-time"},
                answer_status={"type": ["integer", "null"]},
                seconds={"type": "number"},
                reason=_TEXT,
            ),
        },
    },
    "Job": {"options": {"type": "object"}, "warnings": _SENTENCES},
    "Page": {"warnings": _SENTENCES},
    "Webhook": {"events": _SENTENCES},
    "WebhookForm": {"url": {"type": "string", "minLength": 1, "maxLength": URL_CHARACTERS}},
    "Upload": {
        "file": {
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/pdf",
            "description": "The PDF.",
        },
        "engine": {"type": "string", "enum": list(engines.ENGINES)},
    },
}
