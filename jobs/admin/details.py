"""What a job's page says besides plain fields."""

from typing import Any

from django.contrib import admin
from django.db.models.fields.files import FieldFile
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jobs.admin.columns import duration, progress, state
from jobs.admin.words import NOTHING, aged, since, span
from jobs.models import Job
from jobs.sayings import said


@admin.display(description=_("Input"))
def input_file(job: Job) -> SafeString | str:
    return _link(job, job.input, "admin:jobs_job_input", job.input_bytes)


@admin.display(description=_("Result"))
def result_file(job: Job) -> SafeString | str:
    return _link(job, job.result, "admin:jobs_job_result", job.result_bytes)


@admin.display(description=_("In all"))
def stored(job: Job) -> str:
    """All that it takes."""
    if job.is_purged:
        return NOTHING
    sizes = {"files": filesizeformat(job.stored_bytes), "texts": filesizeformat(job.page_bytes)}
    return gettext("%(files)s of files, %(texts)s of page texts") % sizes


@admin.display(description=_("Retention"))
def retention(job: Job) -> SafeString | str:
    """Whether its files stay."""
    if job.is_purged:
        return _purged(job)
    if job.keep:
        return gettext("Kept: never purged.")
    if not job.is_finished:
        return gettext("Never purged before it is finished.")
    used = {"span": since(job.used_at), "time": f"{job.expires_at or job.used_at:%Y-%m-%d %H:%M}"}
    if job.expires_at:
        return gettext("Last used %(span)s ago; purged at %(time)s UTC if not used before.") % used
    return gettext("Last used %(span)s ago; purged when others need the room.") % used


def _purged(job: Job) -> SafeString:
    why = said(job.purge_reason) if job.purge_reason else gettext("no reason noted")
    text = gettext("Purged %(span)s ago: %(why)s. Only this row is left of it.")
    if not job.purged_at:
        text = gettext("Purged: %(why)s. Only this row is left of it.")
    # Put together as HTML: the span of time has the moment in it.
    parts = text.replace("%(span)s", "{span}").replace("%(why)s", "{why}")
    return format_html(parts, span=aged(job.purged_at) if job.purged_at else "", why=why)


@admin.display(description=_("Warnings"))
def warnings(job: Job) -> SafeString | str:
    return format_html_join("", "<p>{}</p>", ((said(warning),) for warning in job.warnings)) or NOTHING


@admin.display(description=_("Error"))
def error(job: Job) -> str:
    return said(job.error) or NOTHING


@admin.display(description=_("Options"))
def options(job: Job) -> SafeString | str:
    chosen = ((name.replace("_", " "), value) for name, value in job.options.items() if value)
    return format_html_join("; ", "{}: {}", chosen) or gettext("As they come")


@admin.display(description=_("Speed"))
def speed(job: Job) -> str:
    return gettext("%(span)s a page") % {"span": span(job.seconds_per_page)} if job.seconds_per_page else NOTHING


@admin.display(description=_("Worked on by"))
def workers(job: Job) -> SafeString | str:
    claims = job.claims.order_by("pk")
    lines = ((claim.node, claim.kind, since(claim.claimed_at)) for claim in claims)
    return format_html_join("", "<p>{}: {}, {}</p>", lines) or gettext("nobody just now")


def _link(job: Job, file: FieldFile, address: str, size: int) -> SafeString | str:
    if job.is_purged or not file:
        return NOTHING
    name = (file.name or "").rpartition("/")[2]
    return format_html('<a href="{}">{}</a> ({})', reverse(address, args=[job.pk]), name, filesizeformat(size))


def _fields(line: Any) -> tuple[Any, ...]:
    return line if isinstance(line, tuple) else (line,)


# A tuple is a line.
FIELDSETS: Any = (
    (None, {"fields": ((state, progress), error, warnings, ("owner", "client_ref"))}),
    (_("Files"), {"fields": ((input_file, result_file), (stored, retention))}),
    (
        _("Conversion"),
        {"fields": (("engine", "engine_version"), (options, speed), "prompt", (workers, "last_progress_at"))},
    ),
    (_("Times (UTC)"), {"fields": (("created_at", "started_at"), ("completed_at", duration), "last_accessed_at")}),
)
COMPUTED: Any = tuple(
    field for _, group in FIELDSETS for line in group["fields"] for field in _fields(line) if callable(field)
)
