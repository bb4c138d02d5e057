"""A Token: what a program shows instead of a login. Only its digest is kept, so nobody can read it out again."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jobs.clock import Now

NAME_CHARACTERS = 100


class TokenQuerySet(models.QuerySet["Token"]):
    def usable(self) -> Self:
        """Those that let somebody in now."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()), user__is_active=True)


class Token(models.Model):
    """Revoking one deletes its row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=NAME_CHARACTERS)
    """What it is for, in its owner's words."""
    prefix = models.CharField(max_length=16)
    """How it begins, to tell it from others."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of all of it. It is random, so nothing slower is needed."""
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
