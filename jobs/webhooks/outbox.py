"""What is to be told: messages are rows, written in the transaction of the change that they tell of."""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from jobs import queue
from jobs.clock import Now
from jobs.models import Job, WebhookDelivery, WebhookEndpoint, WebhookEvent
from jobs.models.webhook import TEST


def note(job_key: int, event: WebhookEvent) -> None:
    """Have everybody told who asked to hear of `event` of the job with that key. Call it after the row was changed."""
    job = Job.objects.get(pk=job_key)
    hearers = [each for each in WebhookEndpoint.objects.told_of(job) if event in each.events]
    receivers: list[tuple[WebhookEndpoint | None, str]] = [(each, each.url) for each in hearers]
    if job.callback_url:
        receivers.append((None, job.callback_url))
    if not receivers:
        return
    body = json.dumps(message(job, event), separators=(",", ":"))
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            owner=endpoint.owner if endpoint else job.owner,
            endpoint=endpoint,
            url=url,
            event=event,
            about=job.job_id,
            body=body,
            due_at=Now(),
        )
        for endpoint, url in receivers
    )
    queue.nudge()


def test_message(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """A message that says nothing but that it arrived; the one that is still on its way where there is one."""
    data = {"type": TEST, "timestamp": _now(), "data": {"webhook_id": endpoint.pk}}
    body = json.dumps(data, separators=(",", ":"))
    waiting = endpoint.deliveries.filter(event=TEST, status=WebhookDelivery.Status.PENDING).first()
    delivery = waiting or endpoint.deliveries.create(owner=endpoint.owner, url=endpoint.url, event=TEST, body=body)
    queue.nudge()
    return delivery


def message(job: Job, event: WebhookEvent) -> dict[str, Any]:
    """The body: type, timestamp and data, as Standard Webhooks has it. Small: the result is behind a link."""
    data: dict[str, Any] = {
        "job_id": job.job_id,
        "status": job.status,
        "filename": job.filename,
        "client_ref": job.client_ref,
        "pages": job.total_pages,
        "pages_failed": job.pages_failed,
        "links": _links(job, event),
    }
    if event == WebhookEvent.FAILED:
        data["error"] = job.error
    if event == WebhookEvent.PURGED:
        data["purge_reason"] = job.purge_reason
    return {"type": event.value, "timestamp": _now(), "data": data}


def _now() -> str:
    return f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"


def _links(job: Job, event: WebhookEvent) -> dict[str, str]:
    """Absolute where the server knows under which address it is reached, else paths."""
    links = {"job": reverse("job-detail", args=[job.job_id])}
    if event == WebhookEvent.COMPLETED:
        links["result"] = reverse("job-result", args=[job.job_id])
    return {name: settings.PUBLIC_URL + path for name, path in links.items()}


def is_due() -> bool:
    """Whether something is to be sent now."""
    return WebhookDelivery.objects.due().exists()
