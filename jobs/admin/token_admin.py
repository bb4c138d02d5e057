"""Tokens in the admin: who has which, a way to revoke them, and one to make them. What one is, is shown once."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jobs import services
from jobs.errors import TooManyTokens
from jobs.models import Token
from jobs.models.token import NAME_CHARACTERS
from jobs.sayings import said

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class NewToken(forms.ModelForm):  # type: ignore[type-arg]
    """Whose it is, what it is for, and until when it holds; all else is made."""

    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_CHARACTERS,
        help_text=_("What it is for, like “invoices on the office server”."),
    )
    expires_at = forms.SplitDateTimeField(
        label=_("Expires"), required=False, widget=AdminSplitDateTime, help_text=_("In UTC; empty for never.")
    )

    class Meta:
        model = Token
        fields = ("user", "name", "expires_at")

    def clean_user(self) -> "User":
        user: User = self.cleaned_data["user"]
        try:
            services.check_room_for_token(user)
        except TooManyTokens as problem:
            raise ValidationError(said(problem.detail)) from problem
        return user

    def clean_expires_at(self) -> Any:
        moment = self.cleaned_data["expires_at"]
        if moment and moment <= timezone.now():
            raise ValidationError(_("This moment is over. Choose a later one."))
        return moment


class TokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """`view` allows to look, `delete` to revoke, `add` to make one for somebody: who holds it acts as that user. Only a
    superuser makes one for a superuser."""

    list_display = ("name", "user", "beginning", "created_at", "last_used_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("last_used_at", "expires_at")
    search_fields = ("name", "prefix", "user__username")
    fields = ("name", "user", "beginning", "created_at", "last_used_at", "expires_at")
    ordering = ("-pk",)

    @admin.display(description=_("Begins with"), ordering="prefix")
    def beginning(self, token: Token) -> str:
        return f"{token.prefix}…"

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return not lookup.startswith("digest") and super().lookup_allowed(lookup, value, request)

    # --- Making one ---

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs, **({} if obj else {"form": NewToken}))

    def get_fields(self, request: HttpRequest, obj: Token | None = None) -> Any:
        return self.fields if obj else NewToken.Meta.fields

    def formfield_for_foreignkey(self, db_field: "ForeignKey[Any]", request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = _users(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        lifetime = obj.expires_at - timezone.now() if obj.expires_at else None
        made = services.make_token(obj.user, obj.name, lifetime)
        # Django goes on with its own object; the secret is kept nowhere but in it, for the answer.
        vars(obj).update(vars(made.token), secret=made.secret)

    def response_add(self, request: HttpRequest, obj: Token, post_url_continue: str | None = None) -> HttpResponse:
        """The secret, in this answer alone: a message would be kept until it was shown."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Token made"),
            "opts": self.opts,
            "token": obj,
            "secret": vars(obj)["secret"],
        }
        return TemplateResponse(request, "admin/jobs/token/made.html", context)


def _users(request: HttpRequest) -> "QuerySet[User]":
    """For whom the one who asks may make tokens."""
    active = get_user_model().objects.filter(is_active=True).order_by("username")
    return active if request.user.is_superuser else active.filter(is_superuser=False)
