"""What is to be told is written with the change that it tells of, to those who asked for it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from jobs import queue, services
from jobs.models import Job, WebhookDelivery, WebhookEndpoint
from jobs.models.webhook import every_event
from jobs.pipeline import recovery
from jobs.webhooks.log import prune
from tests.conftest import MakeJob, Work

pytestmark = pytest.mark.django_db

URL = "https://93.184.216.34/hook"


def endpoint(owner: User | None, **changes: Any) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(owner=owner, **{"url": URL, **changes})


def told() -> list[tuple[str, str]]:
    """Event and job of each message."""
    return list(WebhookDelivery.objects.order_by("pk").values_list("event", "about"))


def body() -> Any:
    return json.loads(WebhookDelivery.objects.get().body)


def test_it_tells_of_a_job_that_completed(alice: User, make_job: MakeJob, work: Work) -> None:
    endpoint(alice)
    job = make_job(filename="a b.pdf", client_ref="order 7", prompt="fail:2")
    work()
    said = body()
    assert told() == [("job.completed", job.job_id)]
    assert (said["type"], set(said)) == ("job.completed", {"type", "timestamp", "data"})
    assert said["timestamp"].endswith("Z")
    assert said["data"] == {
        "job_id": job.job_id,
        "status": "completed",
        "filename": "a b.pdf",
        "client_ref": "order 7",
        "pages": 3,
        "pages_failed": 1,
        "links": {"job": f"/api/jobs/{job.job_id}", "result": f"/api/jobs/{job.job_id}/result"},
    }


def test_it_gives_whole_addresses_where_it_knows_its_own(
    settings: Settings, alice: User, make_job: MakeJob, work: Work
) -> None:
    settings.PUBLIC_URL = "https://pdf.example.org/sub"
    endpoint(alice)
    job = make_job()
    work()
    assert body()["data"]["links"]["job"] == f"https://pdf.example.org/sub/api/jobs/{job.job_id}"


def test_it_tells_of_a_job_that_failed(alice: User, make_job: MakeJob, work: Work) -> None:
    endpoint(alice)
    job = make_job(prompt="fail:1,2,3")
    work()
    assert told() == [("job.failed", job.job_id)]
    assert body()["data"]["error"].startswith("None of its pages")
    assert set(body()["data"]["links"]) == {"job"}


def test_it_tells_of_a_job_that_was_cancelled(alice: User, make_job: MakeJob) -> None:
    endpoint(alice)
    job = make_job()
    services.cancel(job)
    assert told() == [("job.cancelled", job.job_id)]
    assert body()["data"]["status"] == "cancelled"


def test_it_tells_of_a_job_that_was_deleted_before_its_end(alice: User, make_job: MakeJob) -> None:
    endpoint(alice)
    active, finished = make_job(), make_job(status="completed")
    services.delete(active)
    services.delete(finished)
    assert Job.objects.count() == 0
    assert told() == [("job.cancelled", active.job_id)]


def test_it_tells_of_a_job_that_was_purged(settings: Settings, alice: User, make_job: MakeJob) -> None:
    settings.MAX_JOBS = 1
    endpoint(alice)
    old, _ = (make_job(status="completed", used_at=timezone.now() - timedelta(hours=n)) for n in (2, 1))
    services.purge()
    services.purge()
    assert told() == [("job.purged", old.job_id)]
    assert "more than 1 finished jobs" in body()["data"]["purge_reason"]


def test_it_tells_only_what_was_asked_for(alice: User, make_job: MakeJob) -> None:
    endpoint(alice, events=["job.completed", "job.purged"])
    endpoint(alice, enabled=False)
    services.cancel(make_job())
    assert told() == []


def test_it_tells_only_the_owner(alice: User, charlie: User, make_job: MakeJob) -> None:
    endpoint(charlie)
    endpoint(None)
    services.cancel(make_job())
    assert told() == []
    services.cancel(make_job(owner=charlie))
    assert WebhookDelivery.objects.get().owner == charlie


def test_it_tells_all_where_there_is_one_user(settings: Settings, bob: User, make_job: MakeJob) -> None:
    settings.REQUIRE_LOGIN = False
    endpoint(None)
    endpoint(bob)
    services.cancel(make_job(owner=None))
    assert len(told()) == 2


def test_it_tells_the_callback_of_the_job(alice: User, make_job: MakeJob) -> None:
    job = make_job(callback_url=URL)
    services.cancel(job)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.owner, delivery.endpoint, delivery.url, delivery.status) == (alice, None, URL, "pending")


def test_it_tells_nothing_of_what_was_rolled_back(
    alice: User, make_job: MakeJob, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    endpoint(alice)
    job = make_job()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        services.cancel(job)
        transaction.set_rollback(True)
    assert (told(), OrmQ.objects.count()) == ([], 0)


@pytest.mark.without("redis")
def test_it_wakes_a_sender(
    alice: User, make_job: MakeJob, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    endpoint(alice)
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel(make_job())
    assert [task.func() for task in OrmQ.objects.all()] == [queue.TASK]


@pytest.mark.without("redis")
def test_it_wakes_a_sender_again_for_what_is_due(
    alice: User, make_job: MakeJob, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    endpoint(alice)
    services.cancel(make_job())
    WebhookDelivery.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        recovery.recover()
    assert OrmQ.objects.count() == 0
    WebhookDelivery.objects.update(due_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        recovery.recover()
    assert [task.func() for task in OrmQ.objects.all()] == [queue.TASK]


def deliveries(count: int, **changes: Any) -> list[WebhookDelivery]:
    return WebhookDelivery.objects.bulk_create(
        WebhookDelivery(**{"url": URL, "event": every_event()[0], "about": "x", "body": "{}", **changes})
        for _ in range(count)
    )


def test_it_keeps_its_log_for_a_while() -> None:
    old = timezone.now() - timedelta(days=31)
    deliveries(2, status="delivered", created_at=old)
    kept = [*deliveries(1, created_at=old), *deliveries(2, status="failed")]
    assert prune() == 2
    assert set(WebhookDelivery.objects.all()) == set(kept)


def test_it_keeps_no_longer_a_log_than_it_may(settings: Settings) -> None:
    settings.WEBHOOK_LOG_ROWS = 3
    waiting, _, newest = deliveries(1), deliveries(2, status="failed"), deliveries(3, status="delivered")
    assert prune() == 2
    assert set(WebhookDelivery.objects.all()) == {*waiting, *newest}
    assert prune() == 0
