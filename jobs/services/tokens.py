"""Tokens of programs: make one, use one, revoke one."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jobs.errors import BadToken, TooManyTokens
from jobs.models import Token

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_TOKENS = 100
"""Of one user: a script that makes a new one each time shall notice."""
_MARK = "pdfjobs_"
_SHOWN = len(_MARK) + 6
_BYTES = 32
_USE_STEP = timedelta(minutes=1)


@dataclass(frozen=True)
class Made:
    """A new token, and its secret, which is known only now."""

    token: Token
    secret: str


@transaction.atomic
def make_token(user: "User", name: str, lifetime: timedelta | None = None) -> Made:
    """A new token of `user`, for ever or for `lifetime`. Raises TooManyTokens."""
    check_room_for_token(user)
    secret = _MARK + secrets.token_urlsafe(_BYTES)
    expires_at = timezone.now() + lifetime if lifetime else None
    token = user.api_tokens.create(name=name, prefix=secret[:_SHOWN], digest=_digest(secret), expires_at=expires_at)
    return Made(token, secret)


def check_room_for_token(user: "User") -> None:
    """Raises TooManyTokens where `user` has as many as anybody may have."""
    if user.api_tokens.count() >= MOST_TOKENS:
        raise TooManyTokens(f"There are {MOST_TOKENS} tokens of {user.get_username()}. Revoke some of them first.")


def user_of_token(secret: str) -> "User":
    """Who shows the token `secret`; notes its use, once a minute at most.

    Raises BadToken for one that is unknown, revoked or expired, or whose user is not active.
    """
    # Looked up by its digest: how long that takes says nothing about the secret.
    token = Token.objects.usable().select_related("user").filter(digest=_digest(secret)).first()
    if token is None:
        raise BadToken("The token is not valid: it is unknown, revoked or expired. Make a new one at /tokens.")
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= _USE_STEP:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - _USE_STEP)
        Token.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
    return token.user


def revoke_token(token: Token) -> None:
    """From now on it lets nobody in."""
    Token.objects.filter(pk=token.pk).delete()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
