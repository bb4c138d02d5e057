"""The id of each request, and the guard of the open local mode."""

import asyncio
import re

import pytest
from django.test import AsyncClient, Client
from pytest_django import Settings

from jobs import logs

# An address that answers without the database: 404, 405 and 403 tell who answered.
LIVE = "/api/health/live"


@pytest.fixture
def open_mode(settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False


def test_it_gives_each_request_an_id(client: Client) -> None:
    ids = {client.get(LIVE)["X-Request-ID"] for _ in range(2)}
    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", given) for given in ids)


def test_it_keeps_the_id_that_a_proxy_gave(client: Client) -> None:
    assert client.get(LIVE, headers={"X-Request-ID": "proxy-1.A_z"})["X-Request-ID"] == "proxy-1.A_z"


@pytest.mark.parametrize("given", ["", "a b", "<script>", "a" * 65, "ä", "line\\nbreak"])
def test_it_gives_its_own_where_the_id_is_no_good(client: Client, given: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", client.get(LIVE, headers={"X-Request-ID": given})["X-Request-ID"])


def test_it_says_the_same_id_in_a_problem(client: Client) -> None:
    response = client.get("/api/nothing", headers={"X-Request-ID": "abc"})
    assert response.json()["request_id"] == response["X-Request-ID"] == "abc"


def test_it_puts_the_id_on_log_lines(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(logs.ContextFilter())
    client.get("/api/nothing", headers={"X-Request-ID": "abc"})
    assert {getattr(record, "request_id", None) for record in caplog.records} == {"abc"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:8001"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("open_mode")
def test_it_refuses_another_site_in_open_mode(client: Client, headers: dict[str, str]) -> None:
    response = client.post(LIVE, headers=headers)
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")
    assert b'"code": "cross_site"' in response.content
    assert response["X-Request-ID"]


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
@pytest.mark.usefixtures("open_mode")
def test_it_refuses_another_site_whatever_it_wants_to_change(client: Client, method: str) -> None:
    assert client.generic(method, LIVE, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://testserver"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
@pytest.mark.usefixtures("open_mode")
def test_it_lets_its_own_pages_and_programs_through(client: Client, headers: dict[str, str]) -> None:
    assert client.post(LIVE, headers=headers).status_code == 405


@pytest.mark.usefixtures("open_mode")
def test_it_lets_the_sites_through_that_an_operator_trusts(client: Client, settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://intranet.example"]
    headers = {"Origin": "https://intranet.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(LIVE, headers=headers).status_code == 405


@pytest.mark.usefixtures("open_mode")
def test_it_lets_another_site_link_to_a_page(client: Client) -> None:
    assert client.get(LIVE, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_it_leaves_the_guard_to_django_where_people_log_in(client: Client) -> None:
    assert client.post(LIVE, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 405


@pytest.mark.usefixtures("open_mode")
def test_it_guards_in_an_async_server_too() -> None:
    async def ask() -> list[int]:
        client = AsyncClient()
        own = await client.post(LIVE)
        other = await client.post(LIVE, headers={"Origin": "https://evil.example"})
        assert own["X-Request-ID"]
        assert other["X-Request-ID"]
        return [own.status_code, other.status_code]

    assert asyncio.run(ask()) == [405, 403]
