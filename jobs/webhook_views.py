"""The page of webhooks: plain forms, each calls one verb."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_POST

from jobs import services
from jobs.errors import BadOption, Problem
from jobs.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from jobs.webhooks.sending import callback_key

_PER_PAGE = 50
View = Callable[..., HttpResponse]


def _for_users(view: View) -> View:
    """Asks for a login where one is needed; nothing of it is kept by browsers: there are secrets on it."""

    @never_cache
    @csrf_protect
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if settings.REQUIRE_LOGIN and not request.user.is_authenticated:
            return redirect_to_login("/webhooks")
        return view(request, **arguments)

    return guarded


@require_GET
@_for_users
def webhooks(request: HttpRequest) -> HttpResponse:
    """The webhooks, a form for a new one, and the log."""
    return _page(request)


@require_POST
@_for_users
def add(request: HttpRequest) -> HttpResponse:
    """Add a webhook and show its secret."""
    owner = request.user if request.user.is_authenticated else None
    try:
        events = _events(request.POST.getlist("events"))
        endpoint = services.add_webhook(owner, request.POST.get("url", "").strip(), events)
    except Problem as problem:
        return _page(request, problem=problem, url=request.POST.get("url", ""))
    return _page(request, new=endpoint)


@require_POST
@_for_users
def change(request: HttpRequest, key: int, verb: str) -> HttpResponse:
    """Switch it on or off, rotate its secret, send a test, or remove it."""
    endpoint = WebhookEndpoint.objects.visible_to(request.user).filter(pk=key).first()
    if endpoint is None or verb not in _VERBS:
        raise Http404
    try:
        _VERBS[verb](endpoint)
    except Problem as problem:
        return _page(request, problem=problem)
    if verb == "test":
        messages.success(request, _("A test message is on its way. The log below says what comes of it."))
    return _page(request, new=endpoint) if verb == "rotate" else redirect("webhooks")


@require_POST
@_for_users
def resend(request: HttpRequest, message_id: str) -> HttpResponse:
    """Send a message again."""
    delivery = WebhookDelivery.objects.visible_to(request.user).filter(message_id=message_id.replace("\0", "")).first()
    if delivery is None:
        raise Http404
    try:
        services.resend(delivery)
    except Problem as problem:
        return _page(request, problem=problem)
    return redirect("webhooks")


_VERBS: dict[str, Callable[[WebhookEndpoint], object]] = {
    "on": lambda endpoint: services.change_webhook(endpoint, enabled=True),
    "off": lambda endpoint: services.change_webhook(endpoint, enabled=False),
    "rotate": services.rotate_secret,
    "test": services.send_test,
    "remove": services.remove_webhook,
}


def _events(names: list[str]) -> list[str]:
    if not names or not set(names) <= set(WebhookEvent.values):
        raise BadOption("Choose at least one event.")
    return names


def _page(request: HttpRequest, problem: Problem | None = None, **context: Any) -> HttpResponse:
    deliveries = WebhookDelivery.objects.visible_to(request.user).select_related("endpoint")
    context |= {
        "problem": problem,
        "webhooks": WebhookEndpoint.objects.visible_to(request.user),
        "events": WebhookEvent.values,
        "callback_secret": callback_key(request.user.pk).secret,
        "log": Paginator(deliveries, _PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "jobs/webhooks.html", context, status=int(problem.status) if problem else 200)
