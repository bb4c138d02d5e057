"""The page /tokens"""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from jobs import services
from jobs.models import Token
from jobs.services.tokens import MOST_TOKENS


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_it_is_for_those_who_are_logged_in(client: Client, db: None) -> None:
    assert client.get("/tokens")["Location"] == "/login?next=/tokens"
    assert client.post("/tokens", {"name": "x"})["Location"].startswith("/login")
    assert not Token.objects.exists()


def test_it_makes_one_and_shows_it_once(browser: Client, alice: User) -> None:
    answer = browser.post("/tokens", {"name": "office <b>", "days": "30"})
    shown = re.findall(r'value="(pdfjobs_[\w-]{43})"', answer.content.decode())
    assert len(shown) == 1
    assert "no-store" in answer["Cache-Control"]
    assert b"<b>" not in answer.content
    assert services.user_of_token(shown[0]) == alice
    token = Token.objects.get()
    assert (token.user, token.name) == (alice, "office <b>")
    assert token.expires_at is not None
    assert abs(token.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    again = browser.get("/tokens").content.decode()
    assert shown[0] not in again
    assert token.prefix in again


def test_it_makes_one_for_ever(browser: Client) -> None:
    browser.post("/tokens", {"name": "office", "days": ""})
    assert Token.objects.get().expires_at is None


@pytest.mark.parametrize("form", [{}, {"name": " "}, {"name": "x" * 101}, {"name": "x", "days": "-1"}], ids=str)
def test_it_refuses_what_is_none(browser: Client, form: dict[str, str]) -> None:
    answer = browser.post("/tokens", form)
    assert answer.status_code == 400
    assert b'role="alert"' in answer.content
    assert not Token.objects.exists()


def test_it_makes_no_more_than_anybody_needs(browser: Client, alice: User) -> None:
    Token.objects.bulk_create(
        Token(user=alice, name="x", prefix="pdfjobs_x", digest=str(number)) for number in range(MOST_TOKENS)
    )
    assert b"Revoke some" in browser.post("/tokens", {"name": "one more"}).content
    assert Token.objects.count() == MOST_TOKENS


def test_it_tells_how_each_is_used(browser: Client, alice: User) -> None:
    made = services.make_token(alice, "office")
    assert b"never used" in browser.get("/tokens").content
    services.user_of_token(made.secret)
    assert b"last used" in browser.get("/tokens").content
    Token.objects.update(expires_at=timezone.now())
    assert b"expired" in browser.get("/tokens").content


def test_it_revokes(browser: Client, alice: User) -> None:
    token = services.make_token(alice, "office").token
    assert browser.get(f"/tokens/{token.pk}/revoke").status_code == 405
    answer = browser.post(f"/tokens/{token.pk}/revoke", follow=True)
    assert b"is revoked" in answer.content
    assert not Token.objects.exists()


def test_it_leaves_those_of_others_alone(browser: Client, charlie: User) -> None:
    token = services.make_token(charlie, "not Alice&#39;s").token
    assert token.name.encode() not in browser.get("/tokens").content
    assert browser.post(f"/tokens/{token.pk}/revoke").status_code == 404
    assert Token.objects.exists()


def test_it_refuses_a_form_of_another_site(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post("/tokens", {"name": "x"}).status_code == 403


def test_it_is_linked_for_those_who_are_logged_in(browser: Client) -> None:
    assert b'href="/tokens"' in browser.get("/").content


def test_the_admin_lists_and_revokes_and_never_tells(client: Client, alice: User, bob: User) -> None:
    made = services.make_token(alice, "office")
    client.force_login(bob)
    for path in ("/admin/jobs/token/", f"/admin/jobs/token/{made.token.pk}/change/"):
        text = client.get(path).content.decode()
        assert made.token.prefix in text
        assert made.secret not in text
        assert made.token.digest not in text
    assert client.get("/admin/jobs/token/?digest__startswith=a").status_code in {302, 400}
    client.post(f"/admin/jobs/token/{made.token.pk}/delete/", {"post": "yes"})
    assert not Token.objects.exists()
