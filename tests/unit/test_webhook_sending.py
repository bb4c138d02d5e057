"""Messages go out signed, at least once, again and again for a day, and nobody's receiver holds up another's."""

import base64
from datetime import timedelta
from email.utils import format_datetime
from threading import Timer
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import WebhookVerificationError

from jobs import queue, services
from jobs.models import WebhookDelivery, WebhookEndpoint
from jobs.models.webhook import new_secret
from jobs.pipeline import recovery
from jobs.webhooks import attempts
from jobs.webhooks.attempts import PER_OWNER, Outcome, claim_due, settle
from jobs.webhooks.sending import AT_ONCE, callback_key, send_due
from tests.receiver import Receiver, receiving, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("local")]
DAY = 24 * 3600
Status = WebhookDelivery.Status


@pytest.fixture
def endpoint(receiver: Receiver) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(url=receiver.url)


def message(endpoint: WebhookEndpoint | None = None, **changes: Any) -> WebhookDelivery:
    url = {"url": endpoint.url} if endpoint else {}
    fields = {"event": "job.completed", "about": "a_pdf", "body": '{"type":"job.completed","x":"ä"}', **url, **changes}
    return WebhookDelivery.objects.create(endpoint=endpoint, **fields)


def fresh(delivery: WebhookDelivery) -> WebhookDelivery:
    return WebhookDelivery.objects.get(pk=delivery.pk)


def make_due() -> None:
    WebhookDelivery.objects.filter(status=Status.PENDING).update(due_at=timezone.now())


def seconds_to_next(delivery: WebhookDelivery) -> float:
    return (fresh(delivery).due_at - timezone.now()).total_seconds()


def test_it_sends_what_the_reference_library_verifies(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    delivery = message(endpoint)
    send_due()
    (got,) = receiver.received
    assert got.verified(endpoint.secret) == {"type": "job.completed", "x": "ä"}
    assert (got.id, got.headers["content-type"]) == (delivery.message_id, "application/json")
    with pytest.raises(WebhookVerificationError):
        got.verified(new_secret())
    got.body += b" "
    with pytest.raises(WebhookVerificationError):
        got.verified(endpoint.secret)
    done = fresh(delivery)
    assert (done.status, done.attempts, done.answer_status, done.reason) == ("delivered", 1, 204, "")
    assert done.finished_at
    assert done.seconds is not None


def test_it_makes_secrets_as_the_specification_says() -> None:
    assert new_secret() != new_secret()
    prefix, _, text = new_secret().partition("_")
    assert (prefix, len(base64.b64decode(text, validate=True))) == ("whsec", 32)


def test_it_signs_with_the_old_secret_too_for_a_day(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    old = endpoint.secret
    services.rotate_secret(endpoint)
    message(endpoint)
    send_due()
    assert receiver.received[0].verified(old) == receiver.received[0].verified(endpoint.secret)
    WebhookEndpoint.objects.update(old_secret_until=timezone.now())
    message(endpoint)
    send_due()
    assert receiver.received[1].verified(endpoint.secret)
    with pytest.raises(WebhookVerificationError):
        receiver.received[1].verified(old)


def test_it_signs_callbacks_with_the_secret_of_the_owner(
    settings: Settings, receiver: Receiver, alice: User, charlie: User
) -> None:
    settings.REQUIRE_LOGIN, settings.WEBHOOK_ALLOW_PRIVATE = True, ["127.0.0.0/8"]
    assert callback_key(alice.pk) == callback_key(alice.pk) != callback_key(charlie.pk)
    settings.REQUIRE_LOGIN = False
    message(url=receiver.url, owner=alice)
    send_due()
    assert receiver.received[0].verified(callback_key(None).secret)
    assert callback_key(None) == callback_key(charlie.pk)


def test_it_tries_again_with_growing_pauses_for_a_day(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    receiver.answer = status(500)
    delivery = message(endpoint)
    pauses = []
    while fresh(delivery).status == Status.PENDING:
        make_due()
        send_due()
        pauses.append(seconds_to_next(delivery))
    assert len(receiver.received) == len(pauses) == 8
    assert {got.id for got in receiver.received} == {delivery.message_id}
    assert pauses[:-1] == sorted(pauses[:-1])
    assert pauses[0] < 6
    assert DAY * 0.85 < sum(pauses[:-1]) < DAY * 1.15
    given_up = fresh(delivery)
    assert (given_up.status, given_up.answer_status, given_up.reason) == ("failed", 500, "It answered 500.")
    assert [(each["answer_status"], each["reason"]) for each in given_up.tries] == [(500, "It answered 500.")] * 8


def test_it_remembers_each_attempt(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    receiver.answer = status(503)
    delivery = message(endpoint)
    send_due()
    receiver.answer = status(204)
    make_due()
    send_due()
    first, second = fresh(delivery).tries
    assert (first["answer_status"], first["reason"]) == (503, "It answered 503.")
    assert (second["answer_status"], second["reason"]) == (204, "")
    assert first["at"] <= second["at"]


def test_it_keeps_no_endless_list_of_attempts(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    delivery = message(endpoint, tries=[{"at": str(number)} for number in range(500)])
    send_due()
    assert len(fresh(delivery).tries) == 30
    assert fresh(delivery).tries[-1]["answer_status"] == 204


def test_it_sends_a_test_that_the_reference_library_verifies(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    delivery = services.send_test(endpoint)
    send_due()
    (got,) = receiver.received
    document = got.verified(endpoint.secret)
    assert (document["type"], document["data"]) == ("webhook.test", {"webhook_id": endpoint.pk})
    assert fresh(delivery).status == Status.DELIVERED


def test_it_sends_a_test_once_and_holds_nothing_against_its_receiver(
    receiver: Receiver, endpoint: WebhookEndpoint
) -> None:
    receiver.answer = status(500)
    delivery = services.send_test(endpoint)
    send_due()
    endpoint.refresh_from_db()
    assert (fresh(delivery).status, endpoint.failing_since) == (Status.FAILED, None)


def test_it_arrives_when_the_receiver_is_back(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    receiver.answer = status(503)
    delivery = message(endpoint)
    send_due()
    assert WebhookEndpoint.objects.get().failing_since
    receiver.answer = status(200)
    send_due()
    assert len(receiver.received) == 1
    make_due()
    send_due()
    assert (fresh(delivery).status, fresh(delivery).attempts) == ("delivered", 2)
    assert WebhookEndpoint.objects.get().failing_since is None


@pytest.mark.parametrize(("asked", "seconds"), [("120", 120), ("2", 5), ("999999999999", 6 * 3600), ("soon", 5)])
def test_it_waits_as_long_as_it_is_asked_to_within_reason(
    receiver: Receiver, endpoint: WebhookEndpoint, asked: str, seconds: float
) -> None:
    receiver.answer = status(429, Retry_After=asked)
    delivery = message(endpoint)
    send_due()
    assert seconds_to_next(delivery) == pytest.approx(seconds, rel=0.2)


def test_it_understands_a_date_to_wait_for(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    receiver.answer = status(503, Retry_After=format_datetime(timezone.now() + timedelta(hours=1), usegmt=True))
    delivery = message(endpoint)
    send_due()
    assert seconds_to_next(delivery) == pytest.approx(3600, rel=0.1)


def test_it_believes_a_receiver_that_is_gone(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    receiver.answer = status(410)
    one, waiting = message(endpoint), message(endpoint, due_at=timezone.now() + timedelta(hours=1))
    send_due()
    endpoint.refresh_from_db()
    assert not endpoint.enabled
    assert "410" in endpoint.disabled_reason
    assert (fresh(one).status, fresh(one).answer_status) == ("failed", 410)
    assert (fresh(waiting).status, fresh(waiting).reason) == ("failed", "The webhook was switched off.")


def test_it_gives_up_a_callback_that_is_gone(receiver: Receiver) -> None:
    receiver.answer = status(410)
    delivery = message(url=receiver.url)
    send_due()
    assert fresh(delivery).status == "failed"


def test_it_switches_off_what_has_only_failed_for_a_day(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    receiver.answer = status(500)
    message(endpoint)
    send_due()
    assert WebhookEndpoint.objects.get().enabled
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(hours=25))
    make_due()
    send_due()
    off = WebhookEndpoint.objects.get()
    assert (off.enabled, off.disabled_reason) == (False, "Nothing has arrived there for more than a day.")
    assert not services.change_webhook(off, enabled=True).disabled_reason
    assert WebhookEndpoint.objects.get().failing_since is None


def test_it_sends_again_by_hand_under_the_old_id(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    delivery = message(endpoint)
    send_due()
    assert services.resend(delivery).status == "pending"
    send_due()
    assert [got.id for got in receiver.received] == [delivery.message_id] * 2
    assert fresh(delivery).attempts == 1


def test_it_goes_to_the_new_address_of_a_webhook(
    settings: Settings, receiver: Receiver, endpoint: WebhookEndpoint
) -> None:
    with receiving() as other:
        message(endpoint)
        services.change_webhook(endpoint, url=other.url)
        send_due()
        assert (len(receiver.received), len(other.received)) == (0, 1)


def test_it_does_not_send_where_it_may_not_any_more(
    settings: Settings, receiver: Receiver, endpoint: WebhookEndpoint
) -> None:
    settings.REQUIRE_LOGIN = True
    delivery = message(endpoint)
    send_due()
    assert receiver.received == []
    assert (fresh(delivery).status, fresh(delivery).answer_status) == ("pending", None)
    assert "Use https" in fresh(delivery).reason


def test_it_says_why_an_answer_does_not_count(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    receiver.answer = status(302, Location="http://127.0.0.1/")
    delivery = message(endpoint)
    send_due()
    assert "redirects are not followed" in fresh(delivery).reason
    assert len(receiver.received) == 1


# --- More than one sender, and none ---


def test_it_gives_an_attempt_to_one_sender(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    message(endpoint)
    assert [delivery.attempts for delivery in claim_due(AT_ONCE, [])] == [1]
    assert claim_due(AT_ONCE, []) == []
    send_due()
    assert receiver.received == []


def test_it_makes_an_attempt_anew_whose_sender_has_died(
    settings: Settings, receiver: Receiver, endpoint: WebhookEndpoint
) -> None:
    settings.WEBHOOK_LEASE_S = 0
    delivery = message(endpoint)
    (lost,) = claim_due(AT_ONCE, [])
    settings.WEBHOOK_LEASE_S = 30
    send_due()
    assert (fresh(delivery).status, fresh(delivery).attempts) == ("delivered", 2)
    # The one that was thought dead comes back: its outcome is no longer asked for.
    settle(lost, Outcome(500, "late", "", 1.0))
    assert fresh(delivery).status == "delivered"


def test_it_waits_for_no_lease_of_this_machine_when_its_workers_are_dead(
    receiver: Receiver, endpoint: WebhookEndpoint
) -> None:
    ours, theirs, waiting = message(endpoint), message(endpoint), message(endpoint)
    claim_due(AT_ONCE, [])
    WebhookDelivery.objects.filter(pk=theirs.pk).update(node="elsewhere")
    WebhookDelivery.objects.filter(pk=waiting.pk).update(claim=None)
    recovery.recover_node()
    send_due()
    assert [got.id for got in receiver.received] == [ours.message_id]


def test_it_does_not_mind_that_its_message_is_gone(receiver: Receiver, endpoint: WebhookEndpoint) -> None:
    message(endpoint)
    (claimed,) = claim_due(AT_ONCE, [])
    services.remove_webhook(endpoint)
    settle(claimed, Outcome(500, "It answered 500.", "", 1.0))
    assert not WebhookDelivery.objects.exists()


def test_it_gives_back_what_it_can_not_finish(
    receiver: Receiver, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.open.clear()
    delivery = message(endpoint)
    asked = iter([False, True])
    monkeypatch.setattr(queue, "is_draining", lambda: next(asked))
    monkeypatch.setattr("jobs.webhooks.sending._LOOK_S", 0.3)
    send_due()
    assert (fresh(delivery).status, fresh(delivery).attempts, fresh(delivery).claim) == ("pending", 0, None)
    assert seconds_to_next(delivery) <= 0


def test_it_lets_a_slow_receiver_hold_up_nobody_else(
    settings: Settings, receiver: Receiver, alice: User, charlie: User
) -> None:
    """Charlie's arrive while Alice's receiver has not answered anything yet, however many she has."""
    receiver.open.clear()
    with receiving() as quick:
        for _ in range(30):
            message(url=receiver.url, owner=alice, due_at=timezone.now() - timedelta(hours=1))
        for _ in range(30):
            message(url=quick.url, owner=charlie)
        arrived = []

        def let_go_when_all_have_arrived() -> None:
            arrived.append(len(quick.received))
            if len(quick.received) < 30:
                Timer(0.05, let_go_when_all_have_arrived).start()
            else:
                receiver.open.set()

        let_go_when_all_have_arrived()
        settings.WEBHOOK_TOTAL_S, settings.WEBHOOK_LEASE_S = 60.0, 120
        send_due()
    assert len(receiver.received) == len(quick.received) == 30
    assert WebhookDelivery.objects.filter(status="delivered").count() == 60


def test_it_takes_owners_in_turn(alice: User, charlie: User) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    for _ in range(50):
        message(url="https://93.184.216.34/", owner=alice, due_at=long_ago)
    message(url="https://93.184.216.34/", owner=charlie)
    message(url="https://93.184.216.34/", owner=None)
    first = claim_due(AT_ONCE, [])
    assert [delivery.owner_id for delivery in first].count(alice.pk) == PER_OWNER
    assert {charlie.pk, None} < {delivery.owner_id for delivery in first}
    assert claim_due(AT_ONCE, first) == []
    assert len(claim_due(AT_ONCE, [])) == PER_OWNER


def test_it_claims_with_few_queries(alice: User, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        message(url="https://93.184.216.34/", owner=alice)
    with django_assert_num_queries(4):  # whose, which, take, give
        claim_due(AT_ONCE, [])
    with django_assert_num_queries(1):
        claim_due(AT_ONCE, [])
    with django_assert_num_queries(0):
        claim_due(0, [])


def test_it_pauses_not_for_all_at_the_same_time() -> None:
    assert len({attempts.pause_s(1, "") for _ in range(20)}) > 10
