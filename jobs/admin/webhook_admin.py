"""Webhooks and their log in the admin: to look at, to switch on and off, to send again. Secrets are not shown."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from jobs import services
from jobs.errors import Problem
from jobs.models import WebhookDelivery, WebhookEndpoint

# More at once would keep a browser waiting too long.
_MOST_AT_ONCE = 500

_TESTS = ngettext_lazy(
    "%(n)s test message on the way; see the webhook deliveries.",
    "%(n)s test messages on the way; see the webhook deliveries.",
    "n",
)
_AGAIN = ngettext_lazy("%(n)s message will be sent again.", "%(n)s messages will be sent again.", "n")
_SKIPPED = ngettext_lazy(
    "%(n)s message skipped: the webhook is switched off.", "%(n)s messages skipped: the webhook is switched off.", "n"
)


class _LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nobody adds or edits here: what may be done are the actions, for those who may change."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ("owner",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_work_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"jobs.change_{self.opts.model_name}")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Not by what is secret, nor by what it belongs to: filters by its beginning would tell it letter by letter."""
        return "secret" not in lookup and super().lookup_allowed(lookup, value, request)


class EndpointAdmin(_LookOnly):
    list_display = ("url", "owner", "enabled", "events", "failing_since", "disabled_reason", "created_at")
    list_filter = ("enabled",)
    search_fields = ("url", "owner__username")
    fields = ("url", "owner", "events", "enabled", "disabled_reason", "failing_since", "created_at")
    actions = ("switch_on", "switch_off", "send_test")

    @admin.action(description=_("Switch on"), permissions=["work"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        self._switch(request, queryset, on=True)

    @admin.action(description=_("Switch off"), permissions=["work"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        self._switch(request, queryset, on=False)

    @admin.action(description=_("Send a test message"), permissions=["work"])
    def send_test(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        enabled = list(queryset.filter(enabled=True)[:_MOST_AT_ONCE])
        for endpoint in enabled:
            services.send_test(endpoint)
        _tell(request, messages.SUCCESS, len(enabled), _TESTS)

    def _switch(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint], on: bool) -> None:
        noted = "Switched on." if on else "Switched off."
        for endpoint in queryset:
            services.change_webhook(endpoint, enabled=on)
            self.log_change(request, endpoint, noted)
        messages.success(request, gettext("Switched on.") if on else gettext("Switched off."))


class DeliveryAdmin(_LookOnly):
    list_display = (
        "created_at",
        "event",
        "about",
        "url",
        "owner",
        "status",
        "attempts",
        "answer_status",
        "seconds",
        "reason",
        "due_at",
    )
    list_display_links = ("created_at",)
    list_filter = ("status", "event")
    search_fields = ("=message_id", "=about", "owner__username")
    search_help_text = _("Searches message ids, job ids and names of owners.")
    sortable_by = ()
    fields = ("message_id", "endpoint", *list_display[1:], "tries", "created_at", "finished_at", "body")
    actions = ("resend",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The log is pruned by age and length, not by hand; with its webhook it goes."""
        return request.resolver_match is not None and "webhookendpoint" in request.resolver_match.view_name

    @admin.action(description=_("Send again"), permissions=["work"])
    def resend(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        sent, refused = 0, 0
        for delivery in queryset.select_related("endpoint")[:_MOST_AT_ONCE]:
            try:
                services.resend(delivery)
                sent += 1
            except Problem:
                refused += 1
        if sent:
            _tell(request, messages.SUCCESS, sent, _AGAIN)
        if refused:
            _tell(request, messages.WARNING, refused, _SKIPPED)


def _tell(request: HttpRequest, level: int, count: int, text: Any) -> None:
    messages.add_message(request, level, text % {"n": count})
