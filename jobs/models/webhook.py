"""Webhooks: who wants to be told what (WebhookEndpoint, CallbackKey), and each message (WebhookDelivery)."""

from __future__ import annotations

import base64
import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from jobs.clock import Now
from jobs.limits import URL_CHARACTERS
from jobs.models.job import Job

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

_M = TypeVar("_M", bound=models.Model)

REASON_CHARACTERS = 200
# Receivers that still know the old secret accept what is signed with both.
_OLD_SECRET_HOLDS = timedelta(days=1)


class WebhookEvent(models.TextChoices):
    COMPLETED = "job.completed"
    FAILED = "job.failed"
    CANCELLED = "job.cancelled"
    PURGED = "job.purged"


TEST = "webhook.test"
"""The event of a message that tells of no job: sent because somebody wants to see whether it arrives."""


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64, as Standard Webhooks writes a secret."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def new_message_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


def every_event() -> list[str]:
    return list(WebhookEvent.values)


class Signer(models.Model):
    """Who holds a secret to sign with; after a rotation the old one goes on for a day beside the new one."""

    secret = models.CharField(max_length=100, default=new_secret)
    old_secret = models.CharField(max_length=100, blank=True)
    old_secret_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def secrets(self) -> list[str]:
        """All secrets that hold now, the newest first."""
        old = self.old_secret_until is not None and self.old_secret_until > timezone.now()
        return [self.secret, self.old_secret] if old else [self.secret]

    def rotate(self) -> None:
        """Make a new secret."""
        self.old_secret, self.old_secret_until = self.secret, timezone.now() + _OLD_SECRET_HOLDS
        self.secret = new_secret()
        self.save(update_fields=["secret", "old_secret", "old_secret_until"])


class OwnedQuerySet(models.QuerySet[_M]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What is `user`'s own; where no login is asked for, there is one user and all is his."""
        if not settings.REQUIRE_LOGIN:
            return self
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class EndpointQuerySet(OwnedQuerySet["WebhookEndpoint"]):
    def told_of(self, job: Job) -> Self:
        """The endpoints that hear of `job`: its owner's; where no login is asked for, all."""
        enabled = self.filter(enabled=True)
        return enabled.filter(owner_id=job.owner_id) if settings.REQUIRE_LOGIN else enabled


class WebhookEndpoint(Signer):
    """A standing address that is told of all jobs of its owner."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="webhook_endpoints"
    )
    url = models.CharField(max_length=URL_CHARACTERS)
    events = models.JSONField(default=every_event)
    enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    """Why the server switched it off; empty when its owner did."""
    failing_since = models.DateTimeField(null=True, blank=True)
    """The first failure since the last success."""
    created_at = models.DateTimeField(default=timezone.now)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.url


class CallbackKey(Signer):
    """What signs an owner's messages to the `callback_url` of single jobs."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="callback_keys")

    class Meta:
        # Nobody (NULL) has one too, where no login is asked for.
        constraints = (models.UniqueConstraint(Coalesce("owner_id", 0), name="callback_key_one_per_owner"),)

    def __str__(self) -> str:
        return f"callback key {self.pk}"


class DeliveryStatus(models.TextChoices):
    PENDING = "pending"
    """Waits for its next attempt, or is just being sent."""
    DELIVERED = "delivered"
    """The receiver has answered with a status of 200 to 299."""
    FAILED = "failed"
    """Given up; can be sent again by hand."""


class DeliveryQuerySet(OwnedQuerySet["WebhookDelivery"]):
    def due(self) -> Self:
        return self.filter(status=DeliveryStatus.PENDING, due_at__lte=Now())


class WebhookDelivery(models.Model):
    """One message to one receiver, kept apart from its job, which may be gone before the message arrives."""

    Status = DeliveryStatus

    message_id = models.CharField(max_length=40, unique=True, default=new_message_id)
    """The `webhook-id`: the same for all attempts, so that a receiver knows what it has had already."""
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="webhook_deliveries"
    )
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, null=True, blank=True, related_name="deliveries")
    """None for a job's `callback_url`."""
    url = models.CharField(max_length=URL_CHARACTERS)
    event = models.CharField(max_length=20, choices=WebhookEvent.choices)
    """One of these, or TEST."""
    about = models.CharField(max_length=120)
    """The `job_id`; empty for a test."""
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    status = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    """When the next attempt may begin. Beginning one puts it off by a lease: if the sender dies, it is due again."""
    claim = models.UUIDField(null=True)
    """The fence token: who writes an outcome must still hold it."""
    node = models.CharField(max_length=80, blank=True)
    """The machine whose worker holds it."""
    finished_at = models.DateTimeField(null=True)
    answer_status = models.PositiveIntegerField(null=True)
    """The HTTP status of the last answer; None when there was none. Nothing else of an answer is kept."""
    seconds = models.FloatField(null=True)
    """How long the last attempt took."""
    reason = models.CharField(max_length=REASON_CHARACTERS, blank=True)
    """Why the last attempt failed."""
    tries = models.JSONField(default=list, db_default=models.Value([], output_field=models.JSONField()))
    """All attempts, the first first: `at`, `answer_status`, `seconds` and `reason` of each."""

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name_plural = "webhook deliveries"
        constraints = (
            models.CheckConstraint(name="delivery_status_known", condition=Q(status__in=DeliveryStatus.values)),
        )
        indexes = (
            models.Index(name="delivery_due", fields=("due_at",), condition=Q(status="pending")),
            models.Index(name="delivery_owner_due", fields=("owner", "due_at"), condition=Q(status="pending")),
            models.Index(name="delivery_owner_newest", fields=("owner", "-id")),
            models.Index(name="delivery_endpoint_newest", fields=("endpoint", "-id")),
            models.Index(name="delivery_about", fields=("about",)),
            models.Index(name="delivery_created", fields=("created_at",)),
        )

    def __str__(self) -> str:
        return self.message_id
