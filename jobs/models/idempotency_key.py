"""An IdempotencyKey: a client's word for one upload, so that repeating it does not make a second job."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class IdempotencyKey(models.Model):
    """See draft-ietf-httpapi-idempotency-key-header."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    """Of the upload that it stands for: another one must not use it."""
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    locked_until = models.DateTimeField()
    """Somebody is at it until then, unless his process died."""
    answer = models.TextField(blank=True)
    """The job document of the first answer, as JSON; empty until there is one."""

    class Meta:
        constraints = (
            models.UniqueConstraint(name="idempotency_key_once", fields=("owner", "key")),
            # NULL is not equal to NULL.
            models.UniqueConstraint(
                name="idempotency_key_of_nobody_once", fields=("key",), condition=Q(owner__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return self.key
