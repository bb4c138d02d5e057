"""The columns of the job list."""

from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from jobs.admin.words import NOTHING, aged, span
from jobs.models import Job
from jobs.room import bytes_of
from jobs.sayings import said

_ERROR_CHARACTERS = 80


@admin.display(description=_("Job"))
def job_name(job: Job) -> SafeString:
    name = format_html('<span class="job-name">{}</span>', job.filename)
    return format_html('{}<span class="job-id" title="{}">{}</span>', name, job.job_id, job.job_id)


@admin.display(description=_("Status"))
def state(job: Job) -> SafeString:
    marks = [job.status]
    marks += ["kept"] if job.keep else []
    marks += ["purged"] if job.is_purged else []
    return format_html_join(" ", '<span class="badge badge-{}">{}</span>', ((mark, said(mark)) for mark in marks))


@admin.display(description=_("Pages"))
def progress(job: Job) -> SafeString:
    return format_html(
        '<progress class="job-progress" value="{}" max="{}" aria-label="{}"></progress><span class="pages">{}{}</span>',
        job.pages_done,
        job.total_pages,
        _("Progress"),
        gettext("%(done)s of %(total)s") % {"done": job.pages_done, "total": job.total_pages},
        format_html(' <span class="bad">{}</span>', _failed(job.pages_failed)) if job.pages_failed else "",
    )


@admin.display(description=_("Size"), ordering="stored_bytes")
def size(job: Job) -> str:
    return NOTHING if job.is_purged else filesizeformat(bytes_of(job))


@admin.display(description=_("Age"), ordering="-created_at")
def age(job: Job) -> SafeString:
    return aged(job.created_at)


@admin.display(description=_("Owner"))
def owner(job: Job) -> SafeString | str:
    if job.owner is None:
        return NOTHING
    there = f"{reverse('admin:jobs_job_changelist')}?owner={job.owner.pk}"
    return format_html('<a href="{}">{}</a>', there, job.owner.get_username())


@admin.display(description=_("Engine"))
def engine(job: Job) -> str:
    return job.engine


@admin.display(description=_("Took"))
def duration(job: Job) -> str:
    if job.started_at is None:
        return NOTHING
    return span(((job.completed_at or timezone.now()) - job.started_at).total_seconds())


@admin.display(description=_("Error"))
def error(job: Job) -> SafeString | str:
    text = said(job.error)
    short = Truncator(text).chars(_ERROR_CHARACTERS)
    return format_html('<span class="bad" title="{}">{}</span>', text, short) if short else ""


def _failed(count: int) -> str:
    return ngettext("%(n)s failed", "%(n)s failed", count) % {"n": count}
