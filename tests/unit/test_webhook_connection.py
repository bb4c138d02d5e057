"""One POST to a receiver that may be hostile, over real sockets."""

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import trustme
from pytest_django import Settings

from jobs.errors import BadWebhookUrl
from jobs.webhooks import connection
from jobs.webhooks.connection import Answer, explain, post
from jobs.webhooks.guard import check_reachable, read_url
from tests.receiver import Receiver, receiving, status

pytestmark = pytest.mark.usefixtures("local")
NAME = "receiver.example"


def sent(url: str) -> Answer:
    return asyncio.run(post(read_url(url), {"Content-Type": "application/json"}, b"{}"))


def refused(url: str) -> str:
    """The reason why nothing came of it."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 (which one is the matter of `explain`)
        sent(url)
    return explain(caught.value)


def test_it_posts(receiver: Receiver) -> None:
    assert sent(f"{receiver.url}?a=1") == Answer(204, "")
    (got,) = receiver.received
    assert (got.path, got.body, got.headers["host"]) == ("/hook?a=1", b"{}", f"127.0.0.1:{receiver.port}")


def test_it_follows_no_redirect(receiver: Receiver) -> None:
    with receiving() as inside:
        for number in (301, 302, 303, 307, 308):
            receiver.answer = status(number, Location=inside.url)
            assert sent(receiver.url).status == number
        assert inside.received == []


def test_it_asks_no_proxy(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert sent(receiver.url).status == 204
        assert proxy.received == []


def test_it_reads_no_more_than_the_head_of_an_endless_answer(receiver: Receiver) -> None:
    written = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            written.append(handler.wfile.write(b"x" * 65536))

    receiver.answer = endless
    assert sent(receiver.url).status == 200
    wait_until_still(written)
    assert sum(written) < 50_000_000  # what fits into the sockets' buffers


def wait_until_still(written: list[int]) -> None:
    before = -1
    while before != len(written):
        before = len(written)
        time.sleep(0.1)


@pytest.mark.parametrize("line", [b"X: " + b"y" * 1000 + b"\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_it_has_enough_of_an_endless_head(receiver: Receiver, settings: Settings, line: bytes) -> None:
    settings.WEBHOOK_TOTAL_S = 1.0

    def endless(handler: BaseHTTPRequestHandler) -> None:
        if line.startswith(b"X"):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            handler.wfile.write(line)

    receiver.answer = endless
    assert refused(receiver.url) in {"It does not speak HTTP.", "No answer within 1 seconds."}


def test_it_has_enough_of_an_answer_that_drips(receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_TOTAL_S = 0.5

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            handler.wfile.write(b"y")
            time.sleep(0.05)

    receiver.answer = drip
    assert refused(receiver.url) == "No answer within 0.5 seconds."


def test_it_does_not_wait_for_a_receiver_that_is_silent(receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_TOTAL_S = 0.3
    receiver.open.clear()
    assert refused(receiver.url) == "No answer within 0.3 seconds."


def test_it_says_that_nobody_is_there() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert refused(f"http://127.0.0.1:{nobody.getsockname()[1]}/") == "No connection, or it broke."


def test_it_says_that_somebody_else_is_there(receiver: Receiver) -> None:
    def greet(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"220 mail.example ESMTP\r\n\r\n")

    receiver.answer = greet
    assert refused(receiver.url) == "It does not speak HTTP."


# --- Names, and what they lead to ---

Leads = Callable[..., list[str]]


@pytest.fixture
def leads(monkeypatch: pytest.MonkeyPatch) -> Leads:
    """`leads(["93.184.216.34"], ["127.0.0.1"])`: where NAME leads to at the first look-up, and at the next ones.

    Gives the list of the names that were looked up.
    """

    def lead(*answers: list[str]) -> list[str]:
        asked: list[str] = []

        def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            asked.append(host)
            answer = answers[min(len(asked), len(answers)) - 1]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return asked

    return lead


@pytest.fixture
def certified(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], ssl.SSLContext]]:
    """`certified(name)`: a receiver's context for that name, by an authority that this machine trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    connection.tls.cache_clear()

    def context(name: str) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(made)
        return made

    yield context
    connection.tls.cache_clear()


def test_it_connects_to_the_address_that_was_checked(leads: Leads, certified: Callable[[str], ssl.SSLContext]) -> None:
    """The name is looked up once; the certificate is still that of the name."""
    context, shown = certified(NAME), []
    context.sni_callback = lambda _socket, name, _context: shown.append(name)
    with receiving(tls=context) as receiver:
        asked = leads(["127.0.0.1"])
        assert sent(f"https://{NAME}:{receiver.port}/hook").status == 204
        assert (asked, shown) == ([NAME], [NAME])
        assert receiver.received[0].headers["host"] == f"{NAME}:{receiver.port}"


def test_it_is_not_fooled_by_a_name_that_moves(
    leads: Leads, settings: Settings, certified: Callable[[str], ssl.SSLContext]
) -> None:
    """DNS rebinding: outside when the URL is given, inside when it is sent to."""
    settings.REQUIRE_LOGIN = True
    with receiving(tls=certified(NAME)) as inside:
        asked = leads(["93.184.216.34"], ["127.0.0.1"])
        url = f"https://{NAME}:{inside.port}/hook"
        check_reachable(url)
        with pytest.raises(BadWebhookUrl):
            sent(url)
        assert (asked, inside.received) == ([NAME, NAME], [])


def test_it_looks_up_no_second_time_what_was_checked(
    leads: Leads, settings: Settings, certified: Callable[[str], ssl.SSLContext]
) -> None:
    """DNS rebinding between check and connection: the second answer is never asked for."""
    settings.REQUIRE_LOGIN, settings.WEBHOOK_ALLOW_PRIVATE = True, ["127.0.0.2/32"]
    with receiving(tls=certified(NAME)) as inside:
        asked = leads(["127.0.0.2"], ["127.0.0.1"])
        assert refused(f"https://{NAME}:{inside.port}/hook") == "No connection, or it broke."
        assert (asked, inside.received) == ([NAME], [])


def test_it_tries_the_next_address_of_a_name(leads: Leads, certified: Callable[[str], ssl.SSLContext]) -> None:
    with receiving(tls=certified(NAME)) as receiver:
        leads(["127.0.0.2", "127.0.0.1"])
        assert sent(f"https://{NAME}:{receiver.port}/hook").status == 204


def test_it_does_not_talk_to_whom_it_can_not_know(leads: Leads, certified: Callable[[str], ssl.SSLContext]) -> None:
    leads(["127.0.0.1"])
    with receiving(tls=certified("other.example")) as receiver:
        assert "certificate" in refused(f"https://{NAME}:{receiver.port}/hook")
    unknown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(NAME).configure_cert(unknown)
    with receiving(tls=unknown) as receiver:
        assert "certificate" in refused(f"https://{NAME}:{receiver.port}/hook")
        assert receiver.received == []


def test_it_leaves_nothing_open(receiver: Receiver) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for number in (200, 302, 500):
        receiver.answer = status(number)
        sent(receiver.url)
    assert len(os.listdir("/proc/self/fd")) <= before + 1
