"""Webhooks from a real server to a real receiver: they arrive, also after deaths, and hold up no page."""

from collections.abc import Iterator

import pytest

from tests.pdfs import pages
from tests.receiver import Received, Receiver, receiving
from tests.server import Server, wait_for
from tests.worker.conftest import Serve


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as there:
        yield there


def secret_of(server: Server) -> str:
    secret: str = server.get("/api/webhooks/callback-secret").json()["secret"]
    return secret


def received(server: Server, receiver: Receiver, count: int, timeout_s: float = 60) -> list[Received]:
    """The first `count` messages."""
    wait_for(lambda: len(receiver.received) >= count, timeout_s, server.output)
    return receiver.received[:count]


def delivery(server: Server, job_id: str) -> dict[str, object]:
    """The job's line of the log."""
    (row,) = server.get(f"/api/deliveries?job_id={job_id}").json()["deliveries"]
    return dict(row)


def delivered(server: Server, job_id: str) -> dict[str, object]:
    return wait_for(
        lambda: row if (row := delivery(server, job_id))["status"] == "delivered" else None, 60, server.output
    )


def test_it_tells_of_each_end_of_a_job(serve: Serve, receiver: Receiver) -> None:
    server = serve(PDFJOBS_MAX_JOBS="1")
    secret = server.post("/api/webhooks", json={"url": receiver.url}).json()["secret"]
    first = server.upload(pages(2), engine="fake")
    (completed,) = received(server, receiver, 1)
    said = completed.verified(secret)
    assert (said["type"], said["data"]["job_id"], said["data"]["pages"]) == ("job.completed", first, 2)
    assert server.get(said["data"]["links"]["result"]).status_code == 200
    second = server.upload(pages(30), engine="fake", prompt="slow:0.3")
    server.wait_for_pages(second, 1)
    server.post(f"/api/jobs/{second}/cancel")
    third = server.upload(pages(1), engine="fake", prompt="fail:1")
    server.wait_until_finished(third)
    server.command("purge_jobs", "--max-jobs", "1")
    told = {
        (message["type"], message["data"]["job_id"])
        for message in (each.verified(secret) for each in received(server, receiver, 5))
    }
    assert told == {
        ("job.completed", first),
        ("job.cancelled", second),
        ("job.failed", third),
        ("job.purged", first),
        ("job.purged", second),
    }


def test_it_tells_a_receiver_that_comes_back(serve: Serve) -> None:
    server = serve()
    with receiving() as before:
        port = before.port
    job_id = server.upload(pages(1), engine="fake", callback_url=f"http://localhost:{port}/hook")
    wait_for(lambda: server.get(f"/api/deliveries?job_id={job_id}").json()["count"], 30, server.output)
    wait_for(lambda: delivery(server, job_id)["reason"] == "No connection, or it broke.", 30, server.output)
    with receiving(port) as receiver:
        (message,) = received(server, receiver, 1)
        assert message.verified(secret_of(server))["data"]["job_id"] == job_id
        assert (message.id, delivered(server, job_id)["attempts"]) == (delivery(server, job_id)["id"], 2)


def test_it_tells_after_it_was_killed_in_the_middle(serve: Serve, receiver: Receiver) -> None:
    server = serve()
    receiver.open.clear()
    job_id = server.upload(pages(1), engine="fake", callback_url=receiver.url)
    (cut_off,) = received(server, receiver, 1)
    server.kill_all()
    receiver.open.set()
    server.start()
    _, again = received(server, receiver, 2)
    assert again.id == cut_off.id == delivery(server, job_id)["id"]
    assert again.body == cut_off.body
    assert again.verified(secret_of(server))
    assert delivered(server, job_id)["attempts"] == 2


def test_it_tells_after_an_orderly_stop_in_the_middle(serve: Serve, receiver: Receiver) -> None:
    server = serve()
    receiver.open.clear()
    job_id = server.upload(pages(1), engine="fake", callback_url=receiver.url)
    received(server, receiver, 1)
    assert server.stop() < 15
    receiver.open.set()
    server.start()
    assert {each.id for each in received(server, receiver, 2)} == {delivery(server, job_id)["id"]}
    delivered(server, job_id)


def test_it_converts_while_receivers_keep_it_waiting(serve: Serve, receiver: Receiver) -> None:
    """One worker, and more receivers that don't answer than it sends to at once: the next jobs complete meanwhile."""
    server = serve(workers=1)
    receiver.open.clear()
    for _ in range(12):
        server.wait_until_finished(server.upload(pages(1), engine="fake", callback_url=receiver.url))
    received(server, receiver, 1)
    rows = server.get("/api/deliveries").json()["deliveries"]
    assert {row["status"] for row in rows} == {"pending"}
    receiver.open.set()
    received(server, receiver, 12, 90)
