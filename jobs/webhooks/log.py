"""The log of deliveries is kept for a while, not for ever."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from jobs.models import WebhookDelivery

_AT_ONCE = 1000


def prune() -> int:
    """Drop what is old, and what is more than may be kept; never what is still to be sent. How many rows went."""
    oldest = timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    over = WebhookDelivery.objects.order_by("-pk").values_list("pk", flat=True)[settings.WEBHOOK_LOG_ROWS :].first()
    finished = WebhookDelivery.objects.exclude(status=WebhookDelivery.Status.PENDING)
    due = finished.filter(Q(created_at__lt=oldest) | Q(pk__lte=over or 0))
    gone = 0
    while keys := list(due.values_list("pk", flat=True)[:_AT_ONCE]):
        gone += WebhookDelivery.objects.filter(pk__in=keys).delete()[0]
    return gone
