"""An Allowance: how much of what may be done in a span of time was done, counted over all processes and machines."""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from jobs import clock
from jobs.clock import Now


class AllowanceManager(models.Manager["Allowance"]):
    @transaction.atomic
    def take(self, key: str, amount: int, most: int, span: timedelta) -> tuple[int, datetime]:
        """Count up to `amount` more under `key`; the sum stays at `most` until `span` is over, then it begins anew.

        Gives how many were counted, 0 when there is no room left, and when the sum begins anew by this machine's clock.
        """
        now = clock.read()
        self.bulk_create([Allowance(key=key, until=now + span)], ignore_conflicts=True)
        allowance = self.select_for_update().get(key=key)
        if allowance.until <= now:
            allowance.count, allowance.until = 0, now + span
        taken = max(0, min(amount, most - allowance.count))
        allowance.count += taken
        allowance.save()
        return taken, timezone.now() + (allowance.until - now)

    def used(self, key: str) -> tuple[int, datetime | None]:
        """How many are counted under `key` now, and when the sum begins anew, if it has begun."""
        found = self.filter(key=key, until__gt=Now()).values_list("count", "until").first()
        return found or (0, None)

    def give_back(self, key: str, amount: int = 1) -> None:
        """Count `amount` less under `key`."""
        self.filter(key=key, count__gte=amount).update(count=F("count") - amount)

    def forget(self) -> None:
        """Remove the allowances whose time is over."""
        self.filter(until__lte=Now()).delete()


class Allowance(models.Model):
    key = models.CharField(max_length=100, unique=True)
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    objects = AllowanceManager()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
