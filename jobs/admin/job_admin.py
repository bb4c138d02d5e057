"""Jobs in the admin: everything can be looked at, nothing edited; what can be done is done by the services."""

import logging
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jobs import services
from jobs.admin import columns, details
from jobs.admin.dates import FIELD, date_steps
from jobs.admin.filters import EngineFilter, FailedPages, Files, Kept, OwnerFilter, StatusFilter
from jobs.admin.job_pages import pages_shown
from jobs.admin.overview import overview
from jobs.admin.paginator import BoundedPaginator
from jobs.admin.verbs import MOST_AT_ONCE, VERBS, as_action, delete_selected
from jobs.admin.views import JobViews
from jobs.models import Job

logger = logging.getLogger(__name__)


class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """`view` allows to look and download, `change` to cancel, retry, keep and clean up, `delete` to delete."""

    list_display = (
        columns.job_name,
        columns.state,
        columns.progress,
        columns.size,
        columns.age,
        columns.owner,
        columns.engine,
        columns.duration,
        columns.error,
    )
    list_filter = (StatusFilter, FailedPages, Kept, Files, EngineFilter, OwnerFilter)
    list_select_related = ("owner",)
    list_per_page = 50
    list_max_show_all = 200
    search_fields = ("job_id", "filename", "client_ref", "owner__username")
    search_help_text = _("Searches job ids, file names, references of clients and names of owners.")
    # Only by what an index has in order.
    sortable_by: ClassVar[Any] = (columns.size, columns.age)
    date_hierarchy = FIELD
    ordering = (f"-{FIELD}", "-id")
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = (*map(as_action, VERBS.values()), delete_selected)
    most_at_once = MOST_AT_ONCE

    fieldsets = details.FIELDSETS
    readonly_fields = details.COMPUTED

    class Media:
        css = {"all": ("jobs/admin.css",)}

    # --- Who may do what ---

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """Nobody edits; what may be done with a job is said by `has_work_permission`."""
        return False

    def has_work_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.change_job")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Not by the PDF's password: filters by its beginning would tell it letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    # --- The list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).exclude(removal=Job.Removal.DELETING)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, {"title": _("Jobs"), **(extra_context or {})})
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            response.context_data["overview"] = overview()
            response.context_data["dates"] = date_steps(response.context_data["cl"])
            response.context_data["may_work"] = self.has_work_permission(request)
        return response

    def response_action(self, request: HttpRequest, queryset: QuerySet[Job], *args: Any) -> HttpResponse | None:
        """Refuses "all of the list" where that is more than a request can do, and more than the list counts."""
        across = "1" in request.POST.getlist("select_across")
        if across and queryset[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:
            text = gettext("At most %(most)s jobs at once: narrow the list by filters, or clean up.")
            messages.error(request, text % {"most": MOST_AT_ONCE})
            return None
        return super().response_action(request, queryset, *args)

    # --- A job's page ---

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        job: Job = context["original"]
        may_work = self.has_work_permission(request)
        context |= {
            "title": job.filename,
            "subtitle": None,
            "pages": pages_shown(job, request.GET.get("from", "")),
            "timeline": job.events.all(),
            "verbs": [verb for verb in VERBS.values() if may_work and verb.fits(job)],
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        return [*JobViews(self).urls(), *super().get_urls()]

    # --- Deleting, with the files ---

    def get_deleted_objects(self, objs: Iterable[Job], request: HttpRequest) -> Any:
        """Only the jobs: Django would read all their pages to list them."""
        shown = [f"{job.filename} ({job.job_id})" for job in objs]
        return shown, {"jobs": len(shown)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Job) -> None:
        # Django's view runs in a transaction; the files go only after the row says for good that they do.
        transaction.on_commit(lambda: _delete(obj))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        for job in queryset:
            _delete(job)


def _delete(job: Job) -> None:
    try:
        services.delete(job)
    except OSError:
        # It is hidden from now on, and the next purge finishes the removal.
        logger.exception("Files of %s could not be removed yet.", job.job_id)
