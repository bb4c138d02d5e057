"""The pages of accounts: log in, and the tokens of one's programs."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from jobs import services
from jobs.errors import Problem, TooManyLogins
from jobs.models import Token
from jobs.models.token import NAME_CHARACTERS
from jobs.sayings import said

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_LIFETIMES = (
    ("", gettext_lazy("never")),
    ("30", gettext_lazy("in 30 days")),
    ("90", gettext_lazy("in 90 days")),
    ("365", gettext_lazy("in a year")),
)


class LogIn(LoginView):
    """The one place where a password is looked at, the admin's included: who guesses has to wait."""

    template_name = "jobs/login.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            services.begin_login(_name(request), _address(request))
        except TooManyLogins as problem:
            return self._wait(problem)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        services.finish_login(_name(self.request), _address(self.request))
        return super().form_valid(form)

    def _wait(self, problem: TooManyLogins) -> HttpResponse:
        context = self.get_context_data(form=AuthenticationForm(self.request), problem=problem)
        return self.render_to_response(context, status=int(problem.status), headers=problem.headers())


class TokenForm(forms.Form):
    name = forms.CharField(max_length=NAME_CHARACTERS)
    days = forms.TypedChoiceField(choices=_LIFETIMES, required=False, coerce=int, empty_value=None)

    @property
    def lifetime(self) -> timedelta | None:
        days: int | None = self.cleaned_data["days"]
        return timedelta(days=days) if days else None


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens of the one who asks. A POST makes one and shows it, which no other answer ever does again."""
    form = TokenForm(request.POST or None)
    made, problem = None, ""
    if request.method == "POST":
        made, problem = _make(request, form)
    context = {"form": form, "made": made, "problem": problem, "tokens": _own(request)}
    return render(request, "jobs/tokens.html", context, status=400 if problem else 200)


@login_required
@require_POST
def revoke(request: HttpRequest, key: int) -> HttpResponse:
    token = get_object_or_404(_own(request), pk=key)
    services.revoke_token(token)
    messages.success(request, _("The token %(token)s is revoked.") % {"token": token})
    return redirect("tokens")


def _make(request: HttpRequest, form: TokenForm) -> tuple[services.Made | None, str]:
    """The new token, or what is wrong."""
    if not form.is_valid():
        text = _("Give the token a name of at most %(most)s characters, and choose when it expires.")
        return None, text % {"most": NAME_CHARACTERS}
    try:
        return services.make_token(_user(request), form.cleaned_data["name"], form.lifetime), ""
    except Problem as problem:
        return None, said(problem.detail)


def _own(request: HttpRequest) -> QuerySet[Token]:
    return Token.objects.filter(user=_user(request))


def _user(request: HttpRequest) -> "User":
    """Who is logged in, as `login_required` has seen to."""
    return cast("User", request.user)


def _name(request: HttpRequest) -> str:
    return request.POST.get("username", "")


def _address(request: HttpRequest) -> str:
    """Where the request comes from, by the word of the outermost of our own proxies; nobody else's claim counts."""
    passed_on = request.headers.get("X-Forwarded-For", "").split(",")
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(passed_on) >= proxies and passed_on[-proxies].strip():
        return passed_on[-proxies].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
