"""The page of webhooks, and webhooks in the admin."""

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import Settings

from jobs.models import WebhookDelivery, WebhookEndpoint
from tests.conftest import WEBHOOK_URL

URL = WEBHOOK_URL
ADMIN = "/admin/jobs"


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    """Alice's."""
    client.force_login(alice)
    return client


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_it_asks_for_a_login(client: Client, webhook: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    posts = ["/webhooks/add", f"/webhooks/{webhook.pk}/remove", f"/webhooks/deliveries/{delivery.message_id}/resend"]
    for answer in (client.get("/webhooks"), *map(client.post, posts)):
        assert (answer.status_code, answer["Location"]) == (302, "/login?next=/webhooks")
    assert WebhookEndpoint.objects.exists()


def test_it_is_open_where_no_login_is_asked_for(client: Client, settings: Settings, db: None) -> None:
    settings.REQUIRE_LOGIN = False
    assert client.get("/webhooks").status_code == 200
    assert client.post("/webhooks/add", {"url": "http://127.0.0.1/", "events": "job.failed"}).status_code == 200
    assert WebhookEndpoint.objects.get().owner is None


def test_it_adds_one_and_shows_its_secret_once(browser: Client, alice: User) -> None:
    answer = browser.post("/webhooks/add", {"url": f" {URL} ", "events": ["job.completed", "job.failed"]})
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.url, endpoint.events, endpoint.owner) == (URL, ["job.completed", "job.failed"], alice)
    assert endpoint.secret in text(answer)
    assert "no-store" in answer["Cache-Control"]
    later = browser.get("/webhooks")
    assert URL in text(later)
    assert endpoint.secret not in text(later)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"url": "https://10.0.0.1/", "events": "job.failed"}, "no address on the public internet"),
        ({"url": "<b>", "events": "job.failed"}, "whole URL"),
        ({"url": URL}, "at least one event"),
        ({"url": URL, "events": "job.made"}, "at least one event"),
        ({}, "at least one event"),
    ],
)
def test_it_says_what_is_wrong(browser: Client, form: dict[str, str], said: str) -> None:
    answer = browser.post("/webhooks/add", form)
    assert answer.status_code == 400
    assert said in text(answer)
    assert b"<b>" not in answer.content
    assert not WebhookEndpoint.objects.exists()


def test_it_does_what_its_buttons_say(browser: Client, webhook: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    path = f"/webhooks/{webhook.pk}"
    assert browser.post(f"{path}/off")["Location"] == "/webhooks"
    assert not WebhookEndpoint.objects.get().enabled
    refused = browser.post(f"/webhooks/deliveries/{delivery.message_id}/resend")
    assert (refused.status_code, "Switch it on" in text(refused)) == (409, True)
    browser.post(f"{path}/on")
    assert browser.post(f"/webhooks/deliveries/{delivery.message_id}/resend").status_code == 302
    assert WebhookDelivery.objects.get().status == "pending"
    assert WebhookEndpoint.objects.get().secret == webhook.secret
    shown = text(browser.post(f"{path}/rotate"))
    assert WebhookEndpoint.objects.get().secret in shown
    assert webhook.secret not in shown
    browser.post(f"{path}/remove")
    assert not WebhookEndpoint.objects.exists()


def test_it_shows_the_log_and_what_failed(browser: Client, webhook: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    WebhookEndpoint.objects.update(enabled=False, disabled_reason="It answered 410.")
    WebhookDelivery.objects.update(status="failed", attempts=1, answer_status=410, seconds=0.25, reason="<gone>")
    shown = browser.get("/webhooks")
    for words in (
        "Switched off by the server. It answered 410.",
        delivery.about,
        "answer 410",
        "0.25 s",
        "&lt;gone&gt;",
    ):
        assert words in shown.content.decode()


def test_it_sends_a_test(browser: Client, webhook: WebhookEndpoint) -> None:
    shown = text(browser.post(f"/webhooks/{webhook.pk}/test", follow=True))
    assert "A test message is on its way." in shown
    assert "webhook.test" in shown
    assert WebhookDelivery.objects.get().event == "webhook.test"
    browser.post(f"/webhooks/{webhook.pk}/off")
    assert f"/webhooks/{webhook.pk}/test" not in text(browser.get("/webhooks"))
    assert browser.post(f"/webhooks/{webhook.pk}/test").status_code == 409


def test_it_shows_all_attempts(browser: Client, webhook: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    first = {"at": "2026-01-07T14:30:22Z", "answer_status": None, "seconds": 10.0, "reason": "<no answer>"}
    WebhookDelivery.objects.update(tries=[first, {**first, "answer_status": 204, "reason": ""}])
    shown = text(browser.get("/webhooks"))
    assert "2026-01-07T14:30:22Z, 10.00 s: <no answer>" in shown
    assert "2026-01-07T14:30:22Z, 10.00 s: answer 204" in shown


def test_it_keeps_to_its_number_of_queries(
    browser: Client, webhook: WebhookEndpoint, delivery: WebhookDelivery, django_assert_num_queries: Any
) -> None:
    browser.get("/webhooks")
    with django_assert_num_queries(2 + 4):  # session and user; callback key, webhooks, count and rows of the log
        browser.get("/webhooks")


@pytest.mark.parametrize("verb", ["off", "rotate", "test", "remove", "eat"])
def test_it_is_not_there_for_others(client: Client, charlie: User, webhook: WebhookEndpoint, verb: str) -> None:
    client.force_login(charlie)
    assert client.post(f"/webhooks/{webhook.pk}/{verb}").status_code == 404
    assert client.post("/webhooks/add").status_code == 400
    assert URL not in text(client.get("/webhooks"))
    assert WebhookEndpoint.objects.get().secret == webhook.secret


def test_it_sends_nothing_again_for_others(client: Client, charlie: User, delivery: WebhookDelivery) -> None:
    client.force_login(charlie)
    assert client.post(f"/webhooks/deliveries/{delivery.message_id}/resend").status_code == 404
    assert delivery.about not in text(client.get("/webhooks"))


def test_it_wants_the_token_of_its_own_forms(alice: User, webhook: WebhookEndpoint) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    assert strict.post(f"/webhooks/{webhook.pk}/remove").status_code == 403


# --- The admin ---


@pytest.fixture
def operator(client: Client, bob: User) -> Client:
    client.force_login(bob)
    return client


def act(client: Client, model: str, action: str, key: int) -> Any:
    return client.post(f"{ADMIN}/{model}/", {"action": action, "_selected_action": key}, follow=True)


def test_it_shows_operators_all_but_the_secrets(
    operator: Client, webhook: WebhookEndpoint, delivery: WebhookDelivery
) -> None:
    pages = [
        f"{ADMIN}/webhookendpoint/",
        f"{ADMIN}/webhookendpoint/{webhook.pk}/change/",
        f"{ADMIN}/webhookdelivery/",
        f"{ADMIN}/webhookdelivery/{delivery.pk}/change/",
    ]
    for page in pages:
        shown = text(operator.get(page))
        assert URL in shown
        assert webhook.secret not in shown


@pytest.mark.parametrize("model", ["webhookendpoint", "webhookdelivery"])
def test_it_tells_operators_no_secret_by_filters(
    operator: Client, webhook: WebhookEndpoint, delivery: WebhookDelivery, model: str
) -> None:
    for lookup in ("secret__startswith", "endpoint__secret__startswith", "owner__password__startswith"):
        assert operator.get(f"{ADMIN}/{model}/", {lookup: "w"}).status_code in {302, 400}


def test_it_sends_again_for_operators(operator: Client, webhook: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    WebhookDelivery.objects.update(status="failed")
    assert "1 message will be sent again" in text(act(operator, "webhookdelivery", "resend", delivery.pk))
    assert WebhookDelivery.objects.get().status == "pending"
    act(operator, "webhookendpoint", "switch_off", webhook.pk)
    assert not WebhookEndpoint.objects.get().enabled
    assert "1 message skipped" in text(act(operator, "webhookdelivery", "resend", delivery.pk))
    act(operator, "webhookendpoint", "switch_on", webhook.pk)
    assert WebhookEndpoint.objects.get().enabled
    assert "1 test message on the way" in text(act(operator, "webhookendpoint", "send_test", webhook.pk))
    assert WebhookDelivery.objects.filter(event="webhook.test").count() == 1


def test_it_removes_a_webhook_for_operators(
    operator: Client, webhook: WebhookEndpoint, delivery: WebhookDelivery
) -> None:
    operator.post(f"{ADMIN}/webhookendpoint/{webhook.pk}/delete/", {"post": "yes"})
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_it_lets_viewers_only_look(
    client: Client, charlie: User, webhook: WebhookEndpoint, delivery: WebhookDelivery
) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    charlie.user_permissions.set(
        Permission.objects.filter(codename__in=["view_webhookendpoint", "view_webhookdelivery"])
    )
    client.force_login(charlie)
    act(client, "webhookendpoint", "switch_off", webhook.pk)
    WebhookDelivery.objects.update(status="failed")
    act(client, "webhookdelivery", "resend", delivery.pk)
    assert WebhookEndpoint.objects.get().enabled
    assert WebhookDelivery.objects.get().status == "failed"
    for page in (f"webhookdelivery/{delivery.pk}", f"webhookendpoint/{webhook.pk}"):
        assert client.post(f"{ADMIN}/{page}/delete/", {"post": "yes"}).status_code == 403
