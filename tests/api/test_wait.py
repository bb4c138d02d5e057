"""GET /api/jobs/{job_id}/status?wait=N"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.core.handlers.asgi import ASGIHandler
from django.test import AsyncClient, AsyncRequestFactory
from pytest_django import Settings
from rest_framework.test import APIClient

from jobs import services, watching
from jobs.models import Job
from tests.api.conftest import Answer, assert_problem, in_loop
from tests.conftest import MakeJob

# What changes a job meanwhile works on a database connection of its own.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("looks_often")]

ALMOST_AT_ONCE_S = 0.2  # when the test changes the job: the client waits by then


@pytest.fixture
def wait(alice: User) -> Callable[..., Answer]:
    """`wait(job, 30, meanwhile, headers=…)`: the answer that Alice gets, while `meanwhile` is done to the job."""

    def ask(job: Job, seconds: object, meanwhile: Callable[[], Any] = lambda: None, **options: Any) -> Answer:
        async def both() -> Answer:
            client = AsyncClient()
            await client.aforce_login(alice)
            asked = asyncio.create_task(client.get(f"/api/jobs/{job.job_id}/status?wait={seconds}", **options))
            await asyncio.sleep(ALMOST_AT_ONCE_S)
            await sync_to_async(meanwhile)()
            return await asked

        return in_loop(both())

    return ask


Wait = Callable[..., Answer]


def etag(job: Job, alice: User) -> str:
    client = APIClient()
    client.force_authenticate(alice)
    found: str = client.get(f"/api/jobs/{job.job_id}/status")["ETag"]
    return found


def test_it_answers_when_something_changes(wait: Wait, make_job: MakeJob) -> None:
    job = make_job(status="processing", pages_done=1)
    answer = wait(job, 30, lambda: Job.objects.filter(pk=job.pk).update(pages_done=2))
    assert (answer.status_code, answer.json()["pages_done"]) == (200, 2)


def test_it_answers_with_what_there_is_when_the_time_is_over(wait: Wait, make_job: MakeJob) -> None:
    answer = wait(make_job(status="processing", pages_done=1), 1)
    assert (answer.status_code, answer.json()["pages_done"]) == (200, 1)


def test_it_answers_304_when_the_time_is_over_and_the_client_has_it(wait: Wait, make_job: MakeJob, alice: User) -> None:
    job = make_job(status="processing")
    answer = wait(job, 1, headers={"If-None-Match": etag(job, alice)})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag(job, alice))


def test_it_waits_for_something_else_than_the_client_has(wait: Wait, make_job: MakeJob, alice: User) -> None:
    job = make_job(status="processing", pages_done=1)
    weak = f"W/{etag(job, alice)}"  # as a proxy that compresses makes it
    answer = wait(job, 30, lambda: services.cancel(job), headers={"If-None-Match": weak})
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


def test_it_answers_at_once_when_the_client_has_something_else(wait: Wait, make_job: MakeJob) -> None:
    job = make_job(status="processing", pages_done=1)
    answer = wait(job, 30, headers={"If-None-Match": '"of old"'})
    assert (answer.status_code, answer.json()["pages_done"]) == (200, 1)


def test_it_does_not_hold_what_will_not_change(wait: Wait, make_job: MakeJob) -> None:
    answer = wait(make_job(status="completed"), 30)
    assert (answer.status_code, answer.json()["is_terminal"]) == (200, True)


def test_it_waits_for_the_retry_of_a_job_that_the_client_knows_to_be_finished(
    wait: Wait, make_job: MakeJob, alice: User
) -> None:
    job = make_job(status="failed")
    answer = wait(job, 30, lambda: services.retry(job), headers={"If-None-Match": etag(job, alice)})
    assert answer.json()["status"] == "pending"


def test_it_says_when_the_job_is_deleted(wait: Wait, make_job: MakeJob) -> None:
    job = make_job(status="processing")
    assert_problem(wait(job, 30, lambda: services.delete(job)), 404, "job_not_found")


@pytest.mark.parametrize("seconds", ["-1", "31", "1.5", "abc", "", "%C2%B2", "1" * 5000])
def test_it_waits_half_a_minute_at_most(wait: Wait, make_job: MakeJob, seconds: str) -> None:
    assert_problem(wait(make_job(), seconds), 400, "bad_option")


def test_it_refuses_strangers_at_once(make_job: MakeJob, as_charlie: APIClient) -> None:
    assert_problem(as_charlie.get(f"/api/jobs/{make_job().job_id}/status?wait=30"), 404, "job_not_found")


def test_it_says_when_too_many_wait(as_alice: APIClient, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_LISTENERS", 0)
    for address in ("status?wait=5", "events"):
        answer = as_alice.get(f"/api/jobs/{make_job(status='processing').job_id}/{address}")
        assert_problem(answer, 503, "unavailable")
        assert answer["Retry-After"]


def test_it_forgets_a_client_that_has_gone(
    make_job: MakeJob, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REQUIRE_LOGIN = False
    caplog.set_level("INFO", "jobs.access")
    job = make_job(status="processing")
    scope = dict(AsyncRequestFactory().get(f"/api/jobs/{job.job_id}/status?wait=30").scope)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def go_away() -> None:
        received: asyncio.Queue[Any] = asyncio.Queue()
        received.put_nowait({"type": "http.request"})
        answering = asyncio.create_task(ASGIHandler()(scope, received.get, send))
        while not watching.watcher().listeners:
            await asyncio.sleep(0.01)
        received.put_nowait({"type": "http.disconnect"})
        await answering
        assert watching.watcher().listeners == 0

    in_loop(go_away())
    assert sent == []
    assert "GET /api/jobs/{job_id}/status 499 " in caplog.text
