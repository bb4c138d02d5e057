"""GET /api/jobs/{job_id}/events"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient
from rest_framework.test import APIClient

from jobs import services, watching
from jobs.api import event_stream
from jobs.models import Job
from jobs.watching import watcher
from tests.api.conftest import Answer, assert_problem, in_loop
from tests.conftest import MakeJob

# What changes a job meanwhile works on a database connection of its own.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("looks_often")]


class Event(NamedTuple):
    name: str
    data: dict[str, Any]
    key: str | None


Deeds = list[Callable[[], Any]]


@pytest.fixture
def follow(alice: User) -> Callable[..., tuple[Answer, list[Event], str]]:
    """`follow(job, deeds, headers=…)`: answer, events and comments that Alice gets until the stream ends.

    After each event the next one of `deeds` is done.
    """

    def ask(job: Job, deeds: Deeds = [], **options: Any) -> tuple[Answer, list[Event], str]:  # noqa: B006
        async def both() -> tuple[Answer, list[Event], str]:
            client, left, text = AsyncClient(), list(deeds), ""
            await client.aforce_login(alice)
            answer = await client.get(f"/api/jobs/{job.job_id}/events", **options)
            async for piece in answer.streaming_content:  # type: ignore[attr-defined]
                text += piece.decode()
                if b"data:" in piece and left:
                    await sync_to_async(left.pop(0))()
            assert watcher().listeners == 0
            return answer, events(text), text

        return in_loop(both())

    return ask


Follow = Callable[..., tuple[Answer, list[Event], str]]


def events(text: str) -> list[Event]:
    """As the standard has it: fields line by line, an empty line ends an event."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if "data" in fields:
            found.append(Event(fields["event"], json.loads(fields["data"]), fields.get("id")))
    return found


def change(job: Job, **changes: Any) -> Callable[[], Any]:
    return lambda: Job.objects.filter(pk=job.pk).update(**changes)


def test_it_tells_each_change_and_ends_with_the_job(follow: Follow, make_job: MakeJob) -> None:
    job = make_job(status="processing", total_pages=3)
    answer, told, text = follow(
        job, [change(job, pages_done=1), change(job, pages_done=2), lambda: services.cancel(job)]
    )
    assert answer["Content-Type"] == "text/event-stream"
    assert answer["Cache-Control"] == "no-store"
    assert [(event.name, event.data["pages_done"]) for event in told] == [
        ("status", 0),
        ("status", 1),
        ("status", 2),
        ("finished", 2),
    ]
    assert told[-1].data["status"] == "cancelled"
    assert text.startswith("retry: ")


def test_it_tells_the_same_as_the_status(follow: Follow, make_job: MakeJob, alice: User) -> None:
    job = make_job(status="completed")
    _, (event,), _ = follow(job)
    client = APIClient()
    client.force_authenticate(alice)
    status = client.get(f"/api/jobs/{job.job_id}/status")
    assert (event.name, event.data, f'"{event.key}"') == ("finished", status.json(), status["ETag"])


def test_it_goes_on_where_a_stream_broke_off(follow: Follow, make_job: MakeJob) -> None:
    job = make_job(status="processing", pages_done=1)
    known = _first_key(follow, job)
    change(job, pages_done=2)()
    _, told, _ = follow(job, [lambda: services.cancel(job)], headers={"Last-Event-ID": known})
    assert [event.data["pages_done"] for event in told] == [2, 2]


def test_it_does_not_tell_again_what_the_client_has(
    follow: Follow, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job(status="processing", pages_done=1)
    known = _first_key(follow, job)
    monkeypatch.setattr(event_stream, "_SHORTEST_S", 0.0)
    monkeypatch.setattr(event_stream, "_LONGEST_S", 0.0)
    assert follow(job, headers={"Last-Event-ID": known})[1] == []


def _first_key(follow: Follow, job: Job) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_stream, "_SHORTEST_S", 0.0)
        patch.setattr(event_stream, "_LONGEST_S", 0.0)
        _, (event,), _ = follow(job)
    assert event.key
    return event.key


def test_it_tells_a_browser_that_nothing_more_will_come(follow: Follow, make_job: MakeJob, alice: User) -> None:
    job = make_job(status="completed")
    _, (event,), _ = follow(job)
    client = APIClient()
    client.force_authenticate(alice)
    answer = client.get(f"/api/jobs/{job.job_id}/events", headers={"Last-Event-ID": event.key or ""})
    assert answer.status_code == 204


def test_it_tells_that_the_job_is_deleted(follow: Follow, make_job: MakeJob) -> None:
    job = make_job(status="processing")
    _, told, _ = follow(job, [lambda: services.delete(job)])
    assert [event.name for event in told] == ["status", "gone"]
    assert told[-1].data == {"job_id": job.job_id}


def test_it_keeps_the_connection_alive(follow: Follow, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "_KEEP_ALIVE_S", 0.01)
    monkeypatch.setattr(watching, "LOOK_S", 0.3)
    job = make_job(status="processing")
    _, _, text = follow(job, [lambda: services.cancel(job)])
    assert "\n: still there\n\n" in text


def test_it_ends_in_time_so_that_the_client_comes_back(
    follow: Follow, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "_SHORTEST_S", 0.1)
    monkeypatch.setattr(event_stream, "_LONGEST_S", 0.2)
    _, told, _ = follow(make_job(status="processing"))
    assert [event.name for event in told] == ["status"]


def test_it_has_a_head_without_a_stream(make_job: MakeJob, as_alice: APIClient) -> None:
    answer = as_alice.head(f"/api/jobs/{make_job().job_id}/events")
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "text/event-stream", b"")


def test_it_refuses_strangers(make_job: MakeJob, as_charlie: APIClient) -> None:
    assert_problem(as_charlie.get(f"/api/jobs/{make_job().job_id}/events"), 404, "job_not_found")


def test_it_takes_nothing_but_a_get(make_job: MakeJob, as_alice: APIClient) -> None:
    assert_problem(as_alice.post(f"/api/jobs/{make_job().job_id}/events"), 405, "method_not_allowed")
