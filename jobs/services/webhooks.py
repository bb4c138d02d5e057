"""What people do with webhooks: add, change, rotate, remove, send again."""

from typing import TYPE_CHECKING

from django.db import transaction

from jobs import queue
from jobs.clock import Now
from jobs.errors import TooManyWebhooks, WrongState
from jobs.models import WebhookDelivery, WebhookEndpoint
from jobs.models.webhook import every_event
from jobs.webhooks import outbox
from jobs.webhooks.attempts import disable
from jobs.webhooks.guard import check_reachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User

_MOST = 20


def add_webhook(
    owner: "User | None", url: str, events: "Sequence[str] | None" = None, enabled: bool = True
) -> WebhookEndpoint:
    """Have `url` told of the owner's jobs. Raises BadWebhookUrl, and TooManyWebhooks.

    The secret of what is given is to be shown now and never again.
    """
    check_reachable(url)
    with transaction.atomic():
        if WebhookEndpoint.objects.filter(owner=owner).count() >= _MOST:
            raise TooManyWebhooks(
                f"There are {_MOST} webhooks already. Remove one first, or let one hear of more events."
            )
        return WebhookEndpoint.objects.create(owner=owner, url=url, events=events or every_event(), enabled=enabled)


def change_webhook(
    endpoint: WebhookEndpoint,
    url: str | None = None,
    events: "Sequence[str] | None" = None,
    enabled: bool | None = None,
) -> WebhookEndpoint:
    """Change what is given. Switching it on forgets the failures; switching it off gives up what waits for it.

    Raises BadWebhookUrl.
    """
    this = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    if url is not None and url != endpoint.url:
        check_reachable(url)
        this.update(url=url)
        # What could not be sent to the old address may well go to the new one.
        endpoint.deliveries.filter(status=WebhookDelivery.Status.PENDING).update(url=url)
    if events is not None:
        this.update(events=list(events))
    if enabled:
        this.filter(enabled=False).update(enabled=True, disabled_reason="", failing_since=None)
    elif enabled is False:
        disable(endpoint, "")
    endpoint.refresh_from_db()
    return endpoint


def rotate_secret(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Give it a new secret, to be shown now and never again; for a day messages are signed with the old one too."""
    endpoint.rotate()
    return endpoint


def remove_webhook(endpoint: WebhookEndpoint) -> None:
    """Remove it with its log; what waits for it is not sent."""
    endpoint.delete()


def send_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send a message of the event `webhook.test` now, once: whether it arrives is in the log. Raises WrongState."""
    _check_enabled(endpoint)
    with transaction.atomic():
        return outbox.test_message(endpoint)


def resend(delivery: WebhookDelivery) -> WebhookDelivery:
    """Send it again now, under its old id and with all its attempts before it. Raises WrongState."""
    endpoint = delivery.endpoint
    if endpoint:
        _check_enabled(endpoint)
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            status=WebhookDelivery.Status.PENDING,
            url=endpoint.url if endpoint else delivery.url,
            attempts=0,
            claim=None,
            due_at=Now(),
            finished_at=None,
        )
        queue.nudge()
    delivery.refresh_from_db()
    return delivery


def _check_enabled(endpoint: WebhookEndpoint) -> None:
    if not endpoint.enabled:
        raise WrongState("The webhook is switched off. Switch it on, then send again.")
