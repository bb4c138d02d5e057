"""The guard that refuses a body by its announced size, called as an ASGI server calls it."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from pytest_django import Settings

from jobs import body_limit
from jobs.body_limit import BodyLimit, Receive, Scope, Send

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def three_megabytes(settings: Settings) -> None:
    settings.MAX_UPLOAD_MB = 3


def ask(
    headers: list[tuple[bytes, bytes]], kind: str = "http", body: int = 0, path: str = "/"
) -> list[Mapping[str, Any]]:
    """All that is sent for a request with `headers`; the application behind the guard answers 200.

    `body` is how many pieces of its body the client sends though it was refused; None are read before that.
    """
    sent: list[Mapping[str, Any]] = []
    pieces = iter(range(body))

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Mapping[str, Any]:
        assert sent, "the body was read"
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"x", "more_body": next(pieces, None) is not None}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(BodyLimit(inner)({"type": kind, "method": "POST", "path": path, "headers": headers}, receive, send))
    return sent


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"content-length", b"0")],
        [(b"content-length", str(3 * MIB).encode())],
        [(b"content-length", str(4 * MIB).encode())],
        [(b"content-length", b"nonsense")],
    ],
    ids=str,
)
def test_it_lets_through_what_may_fit(headers: list[tuple[bytes, bytes]]) -> None:
    assert ask(headers)[0]["status"] == 200


@pytest.mark.parametrize("size", [4 * MIB + 1, 10**15])
def test_it_refuses_what_can_not_fit_without_reading_it(size: int) -> None:
    start, body, _ = ask([(b"content-length", str(size).encode())])
    document = json.loads(body["body"])
    assert (start["status"], document["status"], document["code"]) == (413, 413, "too_large")
    assert "at most 3 MB" in document["detail"]
    headers = dict(start["headers"])
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"content-length"] == str(len(body["body"])).encode()
    assert headers[b"connection"] == b"close"


@pytest.mark.parametrize("value", [b"chunked", b"Chunked", b"gzip, chunked"])
def test_it_refuses_a_body_of_unknown_size(value: bytes) -> None:
    start, body, _ = ask([(b"transfer-encoding", value)])
    assert (start["status"], json.loads(body["body"])["code"]) == (411, "length_required")


def test_it_answers_before_the_rest_has_come_and_ends_after_it() -> None:
    start, body, end = ask([(b"content-length", str(10 * MIB).encode())], body=9)
    assert (start["status"], body["more_body"]) == (413, True)
    assert (end["body"], end.get("more_body", False)) == (b"", False)


def test_it_does_not_wait_for_ever_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "_LINGER_S", 0.01)
    assert ask([(b"content-length", str(10 * MIB).encode())], body=10**12)[0]["status"] == 413


def test_it_does_not_meddle_with_what_is_no_request() -> None:
    assert ask([(b"content-length", b"9" * 20)], kind="websocket")[0]["status"] == 200


def test_it_shows_browsers_a_page() -> None:
    too_big = (b"content-length", str(9 * MIB).encode())
    start, body, _ = ask([too_big, (b"accept", b"text/html,*/*;q=0.8"), (b"accept-language", b"de")])
    headers = dict(start["headers"])
    assert (start["status"], headers[b"content-type"]) == (413, b"text/html; charset=utf-8")
    assert headers[b"x-request-id"] in body["body"]
    assert b"default-src 'none'" in headers[b"content-security-policy"]
    assert "Die Datei ist zu groß" in body["body"].decode()
    assert "höchstens 3 MB werden angenommen" in body["body"].decode()


@pytest.mark.parametrize("accept", [b"application/json", b"*/*", b""])
def test_it_tells_programs_in_json(accept: bytes) -> None:
    start, *_ = ask([(b"content-length", str(9 * MIB).encode()), (b"accept", accept)], path="/api/upload")
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
