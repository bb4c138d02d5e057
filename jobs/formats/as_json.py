"""`json`: all that is known of the document and of each page. `static/jobs/result.schema.json` describes it."""

import json
from collections.abc import Iterator
from importlib import metadata
from typing import IO, Any

from jobs.documents import job_document
from jobs.formats import reading
from jobs.models import Job, Page
from jobs.version import VERSION

FORM_VERSION = 1


def pieces(job: Job, markdown: IO[bytes]) -> Iterator[bytes]:
    """The document for a completed job, see `Format`; its pages come from the database."""
    head = _json(_head(job))
    yield f'{head[:-1]},"pages":['.encode()
    before = "\n"
    for page in reading.pages(job):
        yield f"{before}{_json(page_object(page))}".encode()
        before = ",\n"
    yield b"\n]}\n"


def page_object(page: Page) -> dict[str, Any]:
    """A page as the document has it."""
    return {
        "number": page.number,
        "label": page.label or None,
        "status": page.status,
        "source": page.source or None,
        "width": page.frame.get("width"),
        "height": page.frame.get("height"),
        "turned": page.frame.get("turned"),
        "seconds": page.seconds,
        "warnings": page.warnings,
        "error": page.error or None,
        "markdown": page.markdown,
        "blocks": page.blocks,
    }


_SAID = ("engine", "engine_version", "options", "prompt", "pages_failed", "failed_pages", "warnings")


def _head(job: Job) -> dict[str, Any]:
    document = job_document(job)
    return {
        "version": FORM_VERSION,
        "job": job.job_id,
        "filename": job.filename,
        "source_sha256": job.input_sha256 or None,
        "pages_total": job.total_pages,
        **{name: document[name] for name in _SAID},
        "versions": {"pdfjobs": VERSION, "pymupdf": metadata.version("pymupdf")},
        "durations": {
            **{name: document[name] for name in ("created_at", "started_at", "completed_at")},
            "seconds": _seconds(job),
        },
    }


def _seconds(job: Job) -> float | None:
    """From the first page's start to the result."""
    if job.started_at is None or job.completed_at is None:
        return None
    return round((job.completed_at - job.started_at).total_seconds(), 3)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
