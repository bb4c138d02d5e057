"""Tokens in the admin: who has which, and a way to revoke them. What they are is known to nobody."""

from django.contrib import admin
from django.http import HttpRequest

from jobs.models import Token


class TokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """`view` allows to look, `delete` to revoke; each user makes the own ones on the page /tokens."""

    list_display = ("name", "user", "beginning", "created_at", "last_used_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("last_used_at", "expires_at")
    search_fields = ("name", "prefix", "user__username")
    fields = ("name", "user", "beginning", "created_at", "last_used_at", "expires_at")
    ordering = ("-pk",)

    @admin.display(description="Begins with", ordering="prefix")
    def beginning(self, token: Token) -> str:
        return f"{token.prefix}…"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return not lookup.startswith("digest") and super().lookup_allowed(lookup, value, request)
