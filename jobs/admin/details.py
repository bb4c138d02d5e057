"""What a job's page says besides plain fields."""

from typing import Any

from django.contrib import admin
from django.db.models.fields.files import FieldFile
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jobs.admin.columns import duration, progress, state
from jobs.admin.words import NOTHING, aged, since, span
from jobs.models import Job


@admin.display(description="Input")
def input_file(job: Job) -> SafeString | str:
    return _link(job, job.input, "admin:jobs_job_input", job.input_bytes)


@admin.display(description="Result")
def result_file(job: Job) -> SafeString | str:
    return _link(job, job.result, "admin:jobs_job_result", job.result_bytes)


@admin.display(description="In all")
def stored(job: Job) -> str:
    """All that it takes."""
    if job.is_purged:
        return NOTHING
    return f"{filesizeformat(job.stored_bytes)} of files, {filesizeformat(job.page_bytes)} of page texts"


@admin.display(description="Retention")
def retention(job: Job) -> SafeString | str:
    """Whether its files stay."""
    if job.is_purged:
        when = format_html(", {} ago", aged(job.purged_at)) if job.purged_at else ""
        return format_html("Purged{}: {}. Only this row is left of it.", when, job.purge_reason or "no reason noted")
    if job.keep:
        return "Kept: never purged."
    if not job.is_finished:
        return "Never purged before it is finished."
    if job.expires_at:
        return f"Last used {since(job.used_at)} ago; purged at {job.expires_at:%Y-%m-%d %H:%M} UTC if not used before."
    return f"Last used {since(job.used_at)} ago; purged when others need the room."


@admin.display(description="Warnings")
def warnings(job: Job) -> SafeString | str:
    return format_html_join("", "<p>{}</p>", ((warning,) for warning in job.warnings)) or NOTHING


@admin.display(description="Options")
def options(job: Job) -> SafeString | str:
    chosen = ((name.replace("_", " "), value) for name, value in job.options.items() if value)
    return format_html_join("; ", "{}: {}", chosen) or "As they come"


@admin.display(description="Speed")
def speed(job: Job) -> str:
    return f"{span(job.seconds_per_page)} a page" if job.seconds_per_page else NOTHING


@admin.display(description="Worked on by")
def workers(job: Job) -> SafeString | str:
    claims = job.claims.order_by("pk")
    lines = ((claim.node, claim.kind, since(claim.claimed_at)) for claim in claims)
    return format_html_join("", "<p>{}: {}, for {}</p>", lines) or "nobody just now"


def _link(job: Job, file: FieldFile, address: str, size: int) -> SafeString | str:
    if job.is_purged or not file:
        return NOTHING
    name = (file.name or "").rpartition("/")[2]
    return format_html('<a href="{}">{}</a> ({})', reverse(address, args=[job.pk]), name, filesizeformat(size))


def _fields(line: Any) -> tuple[Any, ...]:
    return line if isinstance(line, tuple) else (line,)


# A tuple is a line.
FIELDSETS: Any = (
    (None, {"fields": ((state, progress), "error", warnings, ("owner", "client_ref"))}),
    ("Files", {"fields": ((input_file, result_file), (stored, retention))}),
    (
        "Conversion",
        {"fields": (("engine", "engine_version"), (options, speed), "prompt", (workers, "last_progress_at"))},
    ),
    ("Times (UTC)", {"fields": (("created_at", "started_at"), ("completed_at", duration), "last_accessed_at")}),
)
COMPUTED: Any = tuple(
    field for _, group in FIELDSETS for line in group["fields"] for field in _fields(line) if callable(field)
)
