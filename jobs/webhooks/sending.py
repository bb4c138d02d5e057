"""Sends what is due, many at once: a slow receiver holds up nobody but itself."""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import Any

import httpcore
from django.conf import settings
from django.utils import timezone

from jobs import queue
from jobs.errors import BadWebhookUrl
from jobs.models import CallbackKey, WebhookDelivery
from jobs.webhooks.attempts import Outcome, claim_due, give_back, settle
from jobs.webhooks.connection import explain, post
from jobs.webhooks.guard import read_url
from jobs.webhooks.signature import signed_headers

logger = logging.getLogger(__name__)

AT_ONCE = 60
_LOOK_S = 1.0  # how often it is looked for more while receivers let us wait

_Running = dict["asyncio.Task[Outcome]", WebhookDelivery]


def send_due() -> None:
    """Send until nothing is due; what fails is put off. Stops when this process's cluster is asked to stop.

    The database is only used between the steps of the event loop, never inside of it.
    """
    running: _Running = {}
    with asyncio.Runner() as runner:
        try:
            while not queue.is_draining():
                running |= _begin(runner, claim_due(AT_ONCE - len(running), running.values()))
                if not running:
                    return
                for task in runner.run(_first(running)):
                    settle(running.pop(task), task.result())
        finally:
            for delivery in running.values():
                give_back(delivery)


def _begin(runner: asyncio.Runner, deliveries: Iterable[WebhookDelivery]) -> _Running:
    loop = runner.get_loop()
    return {loop.create_task(_attempt(delivery, _secrets(delivery))): delivery for delivery in deliveries}


async def _first(running: _Running) -> "set[asyncio.Task[Outcome]]":
    """Those that are through, as soon as there are any or it is time to look for more."""
    done, _ = await asyncio.wait(running, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
    return done


def callback_key(owner_id: int | None) -> CallbackKey:
    """What signs the messages to the callbacks of that owner's jobs; made at first use."""
    return CallbackKey.objects.get_or_create(owner_id=owner_id if settings.REQUIRE_LOGIN else None)[0]


def _secrets(delivery: WebhookDelivery) -> list[str]:
    return (delivery.endpoint or callback_key(delivery.owner_id)).secrets


async def _attempt(delivery: WebhookDelivery, secrets: list[str]) -> Outcome:
    """Send once. Never raises."""
    began = time.monotonic()
    status, reason, retry_after = None, "", ""
    try:
        answer = await post(read_url(delivery.url), _headers(delivery, secrets), delivery.body.encode())
        status, retry_after = answer.status, answer.retry_after
        reason = _reason(status)
    except (BadWebhookUrl, OSError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        reason = explain(error)
    except Exception:
        logger.exception("A webhook could not be sent.")
        reason = "The server made a mistake."
    return Outcome(status, reason, retry_after, time.monotonic() - began)


def _headers(delivery: WebhookDelivery, secrets: list[str]) -> dict[str, Any]:
    signed = signed_headers(delivery.message_id, timezone.now(), delivery.body, secrets)
    return {"Content-Type": "application/json", "User-Agent": "PDFjobs-Webhooks/1", **signed}


def _reason(status: int) -> str:
    kind = status // 100
    if kind == 2:  # noqa: PLR2004 (HTTP's success)
        return ""
    if kind == 3:  # noqa: PLR2004 (HTTP's redirections)
        return f"It answered {status}; redirects are not followed. Give the URL where it leads."
    return f"It answered {status}."
