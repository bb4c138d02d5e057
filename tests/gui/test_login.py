from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from jobs.models import Allowance

RIGHT = {"username": "alice", "password": "secret"}


def test_it_asks_for_name_and_password(client: Client) -> None:
    answer = client.get("/login")
    assert answer.status_code == 200
    assert b'name="username"' in answer.content
    assert b'name="password"' in answer.content


def test_it_goes_on_to_where_one_wanted_to_go(client: Client, alice: User) -> None:
    assert b'name="next" value="/jobs/abc"' in client.get("/login?next=/jobs/abc").content
    answer = client.post("/login", {**RIGHT, "next": "/jobs/abc"})
    assert answer.status_code == 302
    assert answer["Location"] == "/jobs/abc"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_it_does_not_go_on_to_another_site(client: Client, alice: User, elsewhere: str) -> None:
    assert b'name="next" value=""' in client.get("/login", {"next": elsewhere}).content
    assert client.post("/login", {**RIGHT, "next": elsewhere})["Location"] == "/"


def test_it_refuses_a_wrong_password(client: Client, alice: User) -> None:
    answer = client.post("/login", {"username": "alice", "password": "wrong"})
    assert answer.status_code == 200
    assert b"The name or the password is wrong." in answer.content
    assert b'value="alice"' in answer.content
    assert b'value="wrong"' not in answer.content


def test_it_escapes_the_name(client: Client, db: None) -> None:
    answer = client.post("/login", {"username": '"><script>alert(1)</script>', "password": "x"})
    assert b"<script>alert" not in answer.content


def test_it_refuses_a_form_of_another_site(alice: User) -> None:
    answer = Client(enforce_csrf_checks=True).post("/login", RIGHT)
    assert answer.status_code == 403


def test_it_logs_out(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.post("/logout")["Location"] == "/"
    assert client.get("/").status_code == 302


def test_it_does_not_log_out_by_a_link(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/logout").status_code == 405
    assert client.get("/").status_code == 200


def test_it_takes_a_new_session(client: Client, alice: User) -> None:
    """One that somebody else has planted must not become Alice's."""
    client.get("/login")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.post("/login", RIGHT)
    assert client.session.session_key != planted
    assert not Client(headers={"Cookie": f"sessionid={planted}"}).get("/").wsgi_request.user.is_authenticated


# --- who guesses has to wait -------------------------------------------------------------------------------------


@pytest.fixture
def few_tries(settings: Settings) -> None:
    settings.LOGIN_TRIES_PER_ACCOUNT, settings.LOGIN_TRIES_PER_ADDRESS = 3, 6


def wrong(client: Client, name: str = "alice", address: str = "192.0.2.1", **headers: str) -> Any:
    return client.post("/login", {"username": name, "password": "wrong"}, REMOTE_ADDR=address, headers=headers)


def right(client: Client, address: str = "192.0.2.1", path: str = "/login") -> int:
    return client.post(path, RIGHT, REMOTE_ADDR=address).status_code


@pytest.mark.usefixtures("few_tries", "alice")
def test_it_makes_wait_who_guesses_for_an_account(client: Client) -> None:
    assert [wrong(client, address=f"192.0.2.{number}").status_code for number in range(3)] == [200] * 3
    answer = wrong(client)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 300
    assert b"Wait 5 minutes and try again." in answer.content
    assert right(client) == 429
    assert right(client, path="/admin/login/") == 429
    assert wrong(client, name="ALICE").status_code == 429


@pytest.mark.usefixtures("few_tries", "alice")
def test_it_makes_wait_who_guesses_from_an_address(client: Client) -> None:
    assert [wrong(client, name=f"name {number}").status_code for number in range(7)] == [200] * 6 + [429]
    assert right(client) == 429
    assert right(client, address="192.0.2.2") == 302


@pytest.mark.usefixtures("few_tries", "db")
def test_it_takes_a_household_s_addresses_for_one(client: Client) -> None:
    answers = [wrong(client, f"name {number}", f"2001:db8::{number}").status_code for number in range(7)]
    assert answers == [200] * 6 + [429]
    assert wrong(client, "somebody", "2001:db8:0:1::1").status_code == 200


@pytest.mark.usefixtures("few_tries", "alice")
def test_it_goes_on_after_the_pause(client: Client) -> None:
    while wrong(client).status_code == 200:
        pass
    Allowance.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert right(client) == 302


@pytest.mark.usefixtures("few_tries", "alice")
def test_it_forgets_the_wrong_ones_after_the_right_one(client: Client) -> None:
    for _ in range(3):
        assert [wrong(client, address="192.0.2.7").status_code for _ in range(1)] == [200]
        assert right(client) == 302
    assert Allowance.objects.get(key="login-address-192.0.2.1").count == 0


@pytest.mark.usefixtures("few_tries", "alice")
def test_it_believes_no_address_that_a_client_claims(client: Client, settings: Settings) -> None:
    claims = [f"198.51.100.{number}" for number in range(7)]
    answers = [wrong(client, claim, **{"X-Forwarded-For": claim}).status_code for claim in claims]
    assert answers == [200] * 6 + [429]
    settings.TRUSTED_PROXIES = 1
    answers = [wrong(client, claim, **{"X-Forwarded-For": f"10.0.0.1, {claim}"}).status_code for claim in claims]
    assert answers == [200] * 7
    answers = [wrong(client, claim, **{"X-Forwarded-For": f"{claim}, 203.0.113.1"}).status_code for claim in claims]
    assert answers == [200] * 6 + [429]


def test_it_lets_staff_into_the_admin(client: Client, bob: User) -> None:
    there = client.get("/admin/")["Location"]
    assert there == "/admin/login/?next=/admin/"
    answer = client.post("/login", {"username": "bob", "password": "secret", "next": "/admin/"})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_it_tells_others_why_they_see_no_admin(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert b"You are logged in as alice" in client.get("/admin/", follow=True).content
