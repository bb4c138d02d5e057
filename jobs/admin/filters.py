"""The filters beside the list. None of them looks through all rows for what could be chosen."""

from typing import Any

from django.conf import settings
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jobs import engines
from jobs.models import Job
from jobs.sayings import STATES

_MOST_OWNERS = 30
_NOBODY = "nobody"

Choices = list[tuple[str, str]]


class ChoiceFilter(SimpleListFilter):
    """A filter of fixed choices, each with its condition."""

    conditions: dict[str, tuple[Any, Q]]
    """For each value in the address: what is shown, and what it filters."""

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        return [(value, title) for value, (title, _) in self.conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job, Any]) -> QuerySet[Job, Any]:
        chosen = self.conditions.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


class Files(ChoiceFilter):
    title = _("files")
    parameter_name = "files"
    conditions = {
        "stored": (_("Stored"), Q(purged_at__isnull=True)),
        "purged": (_("Purged"), Q(purged_at__isnull=False)),
    }


class StatusFilter(ChoiceFilter):
    title = _("state")
    parameter_name = "status__exact"
    conditions = {status: (word, Q(status=status)) for status, word in STATES.items()}


class Kept(ChoiceFilter):
    title = _("keep mark")
    parameter_name = "keep__exact"
    conditions = {"1": (_("Kept"), Q(keep=True)), "0": (_("Not kept"), Q(keep=False))}


class FailedPages(ChoiceFilter):
    title = _("failed pages")
    parameter_name = "failed_pages"
    conditions = {"yes": (_("Some"), Q(pages_failed__gt=0)), "no": (_("None"), Q(pages_failed=0))}


class EngineFilter(SimpleListFilter):
    title = _("engine")
    parameter_name = "engine"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        return [(name, name) for name in (*engines.NAMES, *settings.EXTRA_ENGINES)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job, Any]) -> QuerySet[Job, Any]:
        return queryset.filter(engine=self.value()) if self.value() else queryset


class OwnerFilter(SimpleListFilter):
    """The first owners by name; where there are more, the search finds them."""

    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Choices:
        users = get_user_model().objects.filter(Exists(Job.objects.filter(owner=OuterRef("pk")))).order_by("username")
        named = [(str(pk), name) for pk, name in users.values_list("pk", "username")[:_MOST_OWNERS]]
        return [*named, (_NOBODY, gettext("Nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job, Any]) -> QuerySet[Job, Any]:
        value = self.value() or ""
        if value == _NOBODY:
            return queryset.filter(owner=None)
        return queryset.filter(owner_id=int(value)) if value.isascii() and value.isdigit() else queryset
