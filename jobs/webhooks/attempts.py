"""Taking what is due, and writing down what came of it. All by compare-and-set; `claim` is the fence token."""

import random
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from jobs.clock import Now, earlier, later
from jobs.models import WebhookDelivery, WebhookEndpoint
from jobs.models.webhook import REASON_CHARACTERS, TEST
from jobs.node import node_name

# So many of one owner's a sender has under way at once: his slow receiver must not hold up all others.
PER_OWNER = 20
# A message that is sent again by hand, again and again, must not fill the database with its story.
_MOST_TRIES = 30
_LONGEST_ASKED_S = 6 * 3600.0
_DISABLED_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt. status is None and reason says why when there was no answer; seconds it took."""

    status: int | None
    reason: str
    retry_after: str
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.status is not None and HTTPStatus(200) <= self.status < HTTPStatus(300)


def claim_due(room: int, under_way: Iterable[WebhookDelivery]) -> list[WebhookDelivery]:
    """Take up to `room` deliveries that are due, of each owner about as many. `under_way` the sender has already."""
    keys = _next_keys(room, Counter(delivery.owner_id for delivery in under_way)) if room > 0 else []
    if not keys:
        return []
    token = uuid.uuid4()
    # The lease is the due time: after it others may take them. Whoever comes at the same time finds them no longer due.
    lease = later(timedelta(seconds=settings.WEBHOOK_LEASE_S))
    with transaction.atomic(savepoint=False):
        # Nobody waits for a row that another one is just taking: two who did could wait for each other.
        free = WebhookDelivery.objects.due().filter(pk__in=keys).select_for_update(skip_locked=True)
        WebhookDelivery.objects.filter(pk__in=free.values("pk")).update(
            claim=token, node=node_name(), due_at=lease, attempts=F("attempts") + 1
        )
    return list(WebhookDelivery.objects.select_related("endpoint").filter(pk__in=keys, claim=token))


def _next_keys(room: int, busy: Mapping[int | None, int]) -> list[int]:
    """The keys of what is next, of each owner what waits longest. `busy` is how many of each are under way."""
    due = WebhookDelivery.objects.due().order_by("due_at")
    owners = list(due.order_by().values_list("owner_id", flat=True).distinct())
    random.shuffle(owners)
    keys: list[int] = []
    for owner in owners[:room]:
        share = min(PER_OWNER - busy.get(owner, 0), max(1, room // len(owners)))
        keys += due.filter(owner_id=owner).values_list("pk", flat=True)[: max(0, share)]
    return keys


def free_node() -> int:
    """Let others make the attempts that workers of this machine had begun, who are all dead; how many."""
    begun = WebhookDelivery.objects.filter(status=WebhookDelivery.Status.PENDING, claim__isnull=False, node=node_name())
    return begun.update(claim=None, due_at=Now())


def give_back(delivery: WebhookDelivery) -> None:
    """Let others make the attempt that was not made to its end."""
    _held(delivery).update(claim=None, due_at=Now(), attempts=F("attempts") - 1)


@transaction.atomic
def settle(delivery: WebhookDelivery, outcome: Outcome) -> None:
    """Write down what came of the attempt, unless it is somebody else's by now."""
    changes = {
        "claim": None,
        "answer_status": outcome.status,
        "seconds": outcome.seconds,
        "reason": outcome.reason[:REASON_CHARACTERS],
        "tries": [*delivery.tries, _noted(outcome)][-_MOST_TRIES:],
        **_what_next(delivery, outcome),
    }
    if not _held(delivery).update(**changes) or delivery.endpoint is None:
        return
    if outcome.is_good:
        WebhookEndpoint.objects.filter(pk=delivery.endpoint.pk, failing_since__isnull=False).update(failing_since=None)
    elif delivery.event != TEST:
        _note_failure(delivery.endpoint, outcome)


def _noted(outcome: Outcome) -> dict[str, object]:
    return {
        "at": f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}",
        "answer_status": outcome.status,
        "seconds": round(outcome.seconds, 3),
        "reason": outcome.reason[:REASON_CHARACTERS],
    }


def _held(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(pk=delivery.pk, claim=delivery.claim)


def _what_next(delivery: WebhookDelivery, outcome: Outcome) -> dict[str, object]:
    if outcome.is_good:
        return {"status": WebhookDelivery.Status.DELIVERED, "finished_at": Now()}
    given_up = outcome.status == HTTPStatus.GONE or delivery.attempts > len(settings.WEBHOOK_PAUSES_S)
    if given_up or delivery.event == TEST:  # who waits for a test has gone by the time of a second attempt
        return {"status": WebhookDelivery.Status.FAILED, "finished_at": Now()}
    return {"due_at": later(timedelta(seconds=pause_s(delivery.attempts, outcome.retry_after)))}


def pause_s(attempts: int, retry_after: str) -> float:
    """Seconds to the next attempt after so many: give or take a tenth, and longer if the receiver asks for it."""
    pause = settings.WEBHOOK_PAUSES_S[attempts - 1] * random.uniform(0.9, 1.1)  # noqa: S311 (no secret)
    return max(pause, min(_asked_s(retry_after), _LONGEST_ASKED_S))


def _asked_s(retry_after: str) -> float:
    """Retry-After in seconds (RFC 9110: a number or a date); 0 for anything else."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return 0.0
    return (moment.astimezone(timezone.get_default_timezone()) - timezone.now()).total_seconds()


def _note_failure(endpoint: WebhookEndpoint, outcome: Outcome) -> None:
    """Switch the endpoint off when it says that it is gone, or after a day of nothing but failures."""
    this = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    this.update(failing_since=Coalesce("failing_since", Now()))
    if outcome.status == HTTPStatus.GONE:
        disable(endpoint, "It answered 410: nobody wants webhooks there any more.")
    elif this.filter(failing_since__lt=earlier(_DISABLED_AFTER)).exists():
        disable(endpoint, "Nothing has arrived there for more than a day.")


def disable(endpoint: WebhookEndpoint, reason: str) -> None:
    """Send nothing more to `endpoint`; what waits for it is given up, and can be sent again by hand."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk, enabled=True).update(enabled=False, disabled_reason=reason)
    WebhookDelivery.objects.filter(endpoint=endpoint, status=WebhookDelivery.Status.PENDING).update(
        status=WebhookDelivery.Status.FAILED,
        claim=None,
        finished_at=Now(),
        reason="The webhook was switched off.",
    )
