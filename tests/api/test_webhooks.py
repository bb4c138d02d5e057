"""`/api/webhooks` and `/api/deliveries`: one's own receivers and what was told to them; those of others are hidden."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from rest_framework.test import APIClient

from jobs import services
from jobs.api.urls import router
from jobs.models import CallbackKey, WebhookDelivery, WebhookEndpoint
from jobs.models.webhook import every_event
from tests import pdfs
from tests.api.conftest import Send, assert_problem, multipart
from tests.conftest import WEBHOOK_URL, StoredFiles

URL = WEBHOOK_URL
OTHER_URL = "https://93.184.216.35/hook"


def add(client: APIClient, **fields: Any) -> Any:
    return client.post("/api/webhooks", {"url": URL, **fields}, format="json")


def test_it_adds_a_webhook_and_shows_its_secret_once(as_alice: APIClient, alice: User) -> None:
    answer = add(as_alice)
    document = answer.json()
    endpoint = WebhookEndpoint.objects.get()
    assert answer.status_code == 201
    assert (endpoint.owner, document.pop("secret")) == (alice, endpoint.secret)
    assert document == {
        "id": endpoint.pk,
        "url": URL,
        "events": every_event(),
        "enabled": True,
        "disabled_reason": "",
        "failing_since": None,
        "created_at": document["created_at"],
    }
    assert as_alice.get(f"/api/webhooks/{endpoint.pk}").json() == document
    assert as_alice.get("/api/webhooks").json() == {"webhooks": [document]}


def test_it_takes_a_form_too(as_alice: APIClient) -> None:
    answer = as_alice.post("/api/webhooks", {"url": URL})
    assert (answer.status_code, answer.json()["events"]) == (201, every_event())
    some = as_alice.post("/api/webhooks", {"url": URL, "events": ["job.purged", "job.failed"]})
    assert some.json()["events"] == ["job.failed", "job.purged"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"url": "http://93.184.216.34/"}, "bad_webhook_url"),
        ({"url": "https://127.0.0.1/"}, "bad_webhook_url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "bad_webhook_url"),
        ({"url": "https://2130706433/"}, "bad_webhook_url"),
        ({"url": "https://169.254.169.254/latest/meta-data/"}, "bad_webhook_url"),
        ({"url": "https://localhost/"}, "bad_webhook_url"),
        ({"url": "https://a:b@93.184.216.34/"}, "bad_webhook_url"),
        ({"url": ""}, "bad_option"),
        ({"url": "https://93.184.216.34/" + "x" * 2000}, "bad_option"),
        ({"url": "https://93.184.216.34/\0"}, "bad_option"),
        ({"url": None}, "bad_option"),
        ({"url": [URL]}, "bad_option"),
        ({"events": []}, "bad_option"),
        ({"events": "job.completed"}, "bad_option"),
        ({"events": ["job.made"]}, "bad_option"),
        ({"events": [["job.completed"]]}, "bad_option"),
        ({"enabled": "perhaps"}, "bad_option"),
        ({"secret": "whsec_mine"}, "bad_option"),
    ],
)
def test_it_refuses_what_it_can_not_use(as_alice: APIClient, fields: dict[str, Any], code: str) -> None:
    assert_problem(add(as_alice, **fields), 400, code)
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("body", ["[]", "7", '"x"', "null", "{"])
def test_it_refuses_a_body_that_is_no_object(as_alice: APIClient, body: str) -> None:
    answer = as_alice.post("/api/webhooks", body, content_type="application/json")
    assert answer.status_code == 400


def test_it_takes_only_so_many(as_alice: APIClient, webhook: WebhookEndpoint) -> None:
    for _ in range(19):
        assert add(as_alice).status_code == 201
    assert_problem(add(as_alice), 409, "too_many_webhooks")


def test_it_changes_a_webhook(as_alice: APIClient, webhook: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    path = f"/api/webhooks/{webhook.pk}"
    assert as_alice.patch(path, {"events": ["job.failed"]}, format="json").json()["events"] == ["job.failed"]
    assert as_alice.patch(path, {"url": OTHER_URL}, format="json").json()["url"] == OTHER_URL
    assert_problem(as_alice.patch(path, {"url": "https://10.0.0.1/"}, format="json"), 400, "bad_webhook_url")
    assert as_alice.patch(path, {"enabled": False}, format="json").json()["enabled"] is False
    webhook.refresh_from_db()
    delivery.refresh_from_db()
    assert (webhook.url, webhook.events, webhook.enabled) == (OTHER_URL, ["job.failed"], False)
    assert (delivery.url, delivery.status) == (OTHER_URL, "failed")


def test_it_makes_a_new_secret(as_alice: APIClient, webhook: WebhookEndpoint) -> None:
    document = as_alice.post(f"/api/webhooks/{webhook.pk}/rotate").json()
    fresh = WebhookEndpoint.objects.get()
    assert document["secret"] == fresh.secret != webhook.secret
    assert fresh.secrets == [fresh.secret, webhook.secret]


def test_it_removes_a_webhook_with_its_log(
    as_alice: APIClient, webhook: WebhookEndpoint, delivery: WebhookDelivery
) -> None:
    assert as_alice.delete(f"/api/webhooks/{webhook.pk}").json() == {"deleted": True}
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_it_shows_the_log(as_alice: APIClient, webhook: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    document = as_alice.get(f"/api/deliveries/{delivery.message_id}").json()
    assert document == {
        "id": delivery.message_id,
        "webhook_id": webhook.pk,
        "url": URL,
        "event": "job.cancelled",
        "job_id": delivery.about,
        "status": "pending",
        "attempts": 0,
        "answer_status": None,
        "seconds": None,
        "reason": "",
        "tries": [],
        "created_at": document["created_at"],
        "next_attempt_at": document["next_attempt_at"],
        "finished_at": None,
    }
    listed = {"deliveries": [document], "count": 1, "next": None, "previous": None}
    assert as_alice.get("/api/deliveries").json() == listed
    assert as_alice.get(f"/api/deliveries?job_id={delivery.about}").json() == listed
    assert as_alice.get("/api/deliveries?job_id=other").json()["deliveries"] == []
    assert as_alice.get(f"/api/webhooks/{webhook.pk}/deliveries").json() == listed


def test_it_shows_the_log_in_pages(
    as_alice: APIClient, webhook: WebhookEndpoint, delivery: WebhookDelivery, django_assert_num_queries: Any
) -> None:
    rows = [WebhookDelivery(owner=webhook.owner, endpoint=webhook, url=URL, about="x", body="{}") for _ in range(120)]
    WebhookDelivery.objects.bulk_create(rows)
    for path in ("/api/deliveries", f"/api/webhooks/{webhook.pk}/deliveries"):
        with django_assert_num_queries(2 + ("webhooks" in path)):
            page = as_alice.get(path).json()
        assert (len(page["deliveries"]), page["count"]) == (50, 121)
        assert len(as_alice.get(f"{path}?page=3").json()["deliveries"]) == 21
        assert_problem(as_alice.get(f"{path}?page=9"), 404, "not_found")


def test_it_sends_again(as_alice: APIClient, webhook: WebhookEndpoint, delivery: WebhookDelivery) -> None:
    WebhookDelivery.objects.update(status="failed", attempts=8)
    answer = as_alice.post(f"/api/deliveries/{delivery.message_id}/resend")
    assert (answer.status_code, answer.json()["status"], answer.json()["attempts"]) == (202, "pending", 0)
    services.change_webhook(webhook, enabled=False)
    assert_problem(as_alice.post(f"/api/deliveries/{delivery.message_id}/resend"), 409, "wrong_state")


def test_it_sends_a_test(as_alice: APIClient, webhook: WebhookEndpoint) -> None:
    answer = as_alice.post(f"/api/webhooks/{webhook.pk}/test")
    document = answer.json()
    assert (answer.status_code, document["event"], document["job_id"]) == (202, "webhook.test", "")
    assert as_alice.get(f"/api/webhooks/{webhook.pk}/deliveries").json()["deliveries"] == [document]
    assert as_alice.post(f"/api/webhooks/{webhook.pk}/test").json()["id"] == document["id"]
    WebhookDelivery.objects.update(status="failed")
    assert as_alice.post(f"/api/webhooks/{webhook.pk}/test").json()["id"] != document["id"]


def test_it_sends_no_test_where_it_is_switched_off(as_alice: APIClient, webhook: WebhookEndpoint) -> None:
    services.change_webhook(webhook, enabled=False)
    assert_problem(as_alice.post(f"/api/webhooks/{webhook.pk}/test"), 409, "wrong_state")
    assert not WebhookDelivery.objects.exists()


def test_nobody_subscribes_to_tests(as_alice: APIClient) -> None:
    assert_problem(add(as_alice, events=["webhook.test"]), 400, "bad_option")


# --- Callbacks of single jobs ---


def test_it_takes_a_callback_for_a_job(send: Send, as_alice: APIClient) -> None:
    document = send(engine="fake", callback_url=URL).json()
    assert document["callback_url"] == URL
    as_alice.post(f"/api/jobs/{document['job_id']}/cancel")
    (told,) = as_alice.get(f"/api/deliveries?job_id={document['job_id']}").json()["deliveries"]
    assert (told["webhook_id"], told["url"], told["event"]) == (None, URL, "job.cancelled")


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/", "http://93.184.216.34/", "ftp://x", "https://user@93.184.216.34/"]
)
def test_it_refuses_a_callback_that_leads_inside(send: Send, stored_files: StoredFiles, url: str) -> None:
    assert_problem(send(engine="fake", callback_url=url), 400, "bad_webhook_url")
    assert stored_files() == []


def test_it_tells_the_secret_of_callbacks(as_alice: APIClient, as_charlie: APIClient) -> None:
    secret = as_alice.get("/api/webhooks/callback-secret").json()["secret"]
    assert secret.startswith("whsec_")
    assert as_alice.get("/api/webhooks/callback-secret").json() == {"secret": secret}
    assert as_charlie.get("/api/webhooks/callback-secret").json() != {"secret": secret}
    rotated = as_alice.post("/api/webhooks/callback-secret").json()["secret"]
    assert rotated != secret
    assert as_alice.get("/api/webhooks/callback-secret").json() == {"secret": rotated}
    assert CallbackKey.objects.count() == 2


def test_it_has_one_user_where_no_login_is_asked_for(settings: Settings, api: APIClient, db: None) -> None:
    settings.REQUIRE_LOGIN = False
    document = api.post("/api/webhooks", {"url": "http://127.0.0.1:9/"}, format="json").json()
    upload = multipart(pdfs.pages(1), "a.pdf", engine="fake", callback_url="http://localhost:9/")
    job_id = api.post("/api/upload", **upload).json()["job_id"]
    api.post(f"/api/jobs/{job_id}/cancel")
    told = api.get("/api/deliveries").json()["deliveries"]
    assert [each["webhook_id"] for each in told] == [None, document["id"]]
    assert api.get("/api/webhooks/callback-secret").status_code == 200


# --- Nobody else's ---

ADDRESSES = [
    ("GET", "/api/webhooks/{webhook}", "webhook"),
    ("PATCH", "/api/webhooks/{webhook}", "webhook"),
    ("DELETE", "/api/webhooks/{webhook}", "webhook"),
    ("POST", "/api/webhooks/{webhook}/rotate", "webhook"),
    ("POST", "/api/webhooks/{webhook}/test", "webhook"),
    ("GET", "/api/webhooks/{webhook}/deliveries", "webhook"),
    ("GET", "/api/deliveries/{delivery}", "delivery"),
    ("POST", "/api/deliveries/{delivery}/resend", "delivery"),
]
LISTS = ["/api/webhooks", "/api/deliveries"]


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (WebhookEndpoint, WebhookDelivery)]


@pytest.mark.parametrize(("method", "path", "kind"), ADDRESSES)
def test_it_is_not_there_for_others(  # noqa: PLR0917 (three of them are the case)
    as_charlie: APIClient,
    bob: User,
    webhook: WebhookEndpoint,
    delivery: WebhookDelivery,
    method: str,
    path: str,
    kind: str,
) -> None:
    as_bob = APIClient()
    as_bob.force_authenticate(bob)
    before = everything()
    for other in (as_charlie, as_bob):
        theirs = path.format(webhook=webhook.pk, delivery=delivery.message_id)
        nobodys = path.format(webhook=10**9, delivery="msg_" + "0" * 32)
        there = assert_problem(other.generic(method, theirs), 404, f"{kind}_not_found")
        not_there = assert_problem(other.generic(method, nobodys), 404, f"{kind}_not_found")
        assert there["detail"] == not_there["detail"]
    assert everything() == before


@pytest.mark.parametrize(
    ("method", "path"), [*((method, path) for method, path, _ in ADDRESSES), *(("GET", path) for path in LISTS)]
)
def test_it_is_not_there_for_nobody(
    api: APIClient, webhook: WebhookEndpoint, delivery: WebhookDelivery, method: str, path: str
) -> None:
    before = everything()
    answer = api.generic(method, path.format(webhook=webhook.pk, delivery=delivery.message_id))
    assert_problem(answer, 401, "login_required")
    assert_problem(api.post("/api/webhooks", {"url": URL}), 401, "login_required")
    assert_problem(api.get("/api/webhooks/callback-secret"), 401, "login_required")
    assert everything() == before


def test_it_does_not_list_those_of_others(
    as_charlie: APIClient, webhook: WebhookEndpoint, delivery: WebhookDelivery
) -> None:
    assert as_charlie.get("/api/webhooks").json() == {"webhooks": []}
    assert as_charlie.get(f"/api/deliveries?job_id={delivery.about}").json()["count"] == 0


def test_it_covers_all_addresses() -> None:
    patterns = {str(url.pattern) for url in router.urls if re.search("webhook|deliver", str(url.pattern))}
    paths = {re.sub(r"\(\?P<(\w+)>[^)]*\)", "{}", pattern).strip("^$") for pattern in patterns}
    known = {re.sub(r"\{\w+\}", "{}", path).removeprefix("/api/") for _, path, _ in ADDRESSES}
    assert paths == known | {path.removeprefix("/api/") for path in LISTS}
