import pytest
from django.contrib.auth.models import User
from django.test import Client

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
