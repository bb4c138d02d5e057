"""What the tests of the API share: who calls, what is sent, and what an error must look like."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from rest_framework.test import APIClient

from jobs import watching
from tests import pdfs

T = TypeVar("T")

Answer = Any  # Django's test client adds `json()` and more to each response


class Send(Protocol):
    def __call__(self, content: bytes = ..., name: str = ..., **fields: str) -> Answer: ...


@pytest.fixture
def as_alice(alice: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(alice)
    return client


@pytest.fixture
def as_charlie(charlie: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(charlie)
    return client


@pytest.fixture
def send(as_alice: APIClient) -> Send:
    """Uploads as Alice: `send(content, name, pages="1-3")`."""

    def upload(content: bytes = pdfs.pages(3), name: str = "report.pdf", **fields: str) -> Answer:
        return as_alice.post("/api/upload", **multipart(content, name, **fields))

    return upload


@pytest.fixture
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a change need not wait a second for it."""
    monkeypatch.setattr(watching, "LOOK_S", 0.05)


def in_loop(asked: Coroutine[Any, Any, T]) -> T:
    """What `asked` gives, in an event loop of its own; its threads leave no connection of the database open."""

    async def whole() -> T:
        try:
            return await asked
        finally:
            await sync_to_async(connections.close_all)()
            await asyncio.get_running_loop().run_in_executor(watching._thread, connections.close_all)

    return asyncio.run(whole())


def multipart(content: bytes, name: str, **fields: str) -> dict[str, Any]:
    """The body of an upload with the file's name just as it is, as RFC 7578 has it: Django's client would tidy it."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    parts = [f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
    head = f'Content-Disposition: form-data; name="file"; filename="{quoted}"\r\nContent-Type: application/pdf\r\n\r\n'
    data = b"".join(b"--xyz\r\n" + part + b"\r\n" for part in [*parts, head.encode() + content]) + b"--xyz--\r\n"
    return {"data": data, "content_type": "multipart/form-data; boundary=xyz"}


def assert_problem(response: Answer, status: int, code: str) -> dict[str, Any]:
    """That `response` is a problem document as RFC 9457 and the design say; gives the document."""
    document: dict[str, Any] = response.json()
    assert (response.status_code, document["status"], document["code"]) == (status, status, code), document
    assert response["Content-Type"] == "application/problem+json"
    assert set(document) == {"type", "title", "status", "detail", "code", "request_id"}
    assert document["type"] == f"urn:pdfjobs:problem:{code}"
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == response["X-Request-ID"]
    return document


def body(response: Answer) -> bytes:
    """All of a download; read to its end, the test client closes it."""
    return b"".join(response.streaming_content)
