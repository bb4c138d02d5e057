"""Tokens made in the admin."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from jobs import services
from jobs.models import Token
from jobs.services.tokens import MOST_TOKENS

ADD = "/admin/jobs/token/add/"


@pytest.fixture
def as_bob(client: Client, bob: User) -> Client:
    client.force_login(bob)
    return client


@pytest.fixture
def clerk(client: Client, charlie: User) -> Client:
    """Charlie's browser; he is staff and may make tokens, and nothing else."""
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    charlie.user_permissions.set(Permission.objects.filter(codename="add_token"))
    client.force_login(charlie)
    return client


def form(owner: User, **changes: Any) -> dict[str, Any]:
    return {"user": owner.pk, "name": "office", "expires_at_0": "", "expires_at_1": "", **changes}


def test_it_makes_one_and_shows_it_once(as_bob: Client, alice: User) -> None:
    answer = as_bob.post(ADD, form(alice, name="office <b>"), follow=True)
    (secret,) = re.findall(r'value="(pdfjobs_[\w-]{43})"', answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    assert b"<b>" not in answer.content
    assert services.user_of_token(secret) == alice
    token = Token.objects.get()
    assert (token.name, token.expires_at) == ("office <b>", None)
    kept = [str(list(model.objects.values())) for model in (Token, LogEntry, Session)]
    assert not [rows for rows in kept if secret in rows]
    assert secret not in str(as_bob.cookies)
    for path in ("/admin/jobs/token/", f"/admin/jobs/token/{token.pk}/change/", "/admin/"):
        assert secret not in as_bob.get(path).content.decode()


def test_it_makes_one_that_expires(as_bob: Client, alice: User) -> None:
    ends = timezone.now().replace(microsecond=0) + timedelta(days=3)
    as_bob.post(ADD, form(alice, expires_at_0=f"{ends:%Y-%m-%d}", expires_at_1=f"{ends:%H:%M:%S}"))
    expires_at = Token.objects.get().expires_at
    assert expires_at is not None
    assert abs(expires_at - ends) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"name": "x" * 101},
        {"user": ""},
        {"user": "1000000"},
        {"expires_at_0": "2020-01-01", "expires_at_1": "00:00"},
        {"expires_at_0": "soon", "expires_at_1": ""},
    ],
    ids=str,
)
def test_it_refuses_what_is_none(as_bob: Client, alice: User, changes: dict[str, Any]) -> None:
    answer = as_bob.post(ADD, form(alice, **changes))
    assert answer.status_code == 200
    assert b"errorlist" in answer.content
    assert not Token.objects.exists()


def test_it_makes_no_more_than_anybody_needs(as_bob: Client, alice: User) -> None:
    Token.objects.bulk_create(
        Token(user=alice, name="x", prefix="pdfjobs_x", digest=str(number)) for number in range(MOST_TOKENS)
    )
    assert b"Revoke some" in as_bob.post(ADD, form(alice)).content
    assert Token.objects.count() == MOST_TOKENS


def test_it_is_for_those_who_may(client: Client, clerk: Client, charlie: User, alice: User) -> None:
    assert clerk.post(ADD, form(alice)).status_code == 200
    assert Token.objects.count() == 1
    charlie.user_permissions.clear()
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, form(alice)).status_code == 403
    client.force_login(alice)
    assert client.post(ADD, form(alice)).status_code == 302
    assert Token.objects.count() == 1


def test_it_does_not_make_a_clerk_a_superuser(clerk: Client, bob: User) -> None:
    assert f'value="{bob.pk}"' not in clerk.get(ADD).content.decode()
    assert b"errorlist" in clerk.post(ADD, form(bob)).content
    assert not Token.objects.exists()
