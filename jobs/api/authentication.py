"""Who asks: by the header `Authorization: Bearer`, before the session of a browser is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from jobs import services
from jobs.errors import BEARER

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class BearerAuthentication(BaseAuthentication):
    """RFC 6750. No page of another site can send such a header unasked, so no CSRF token is needed with it.

    Raises BadToken also where no login is asked for: who shows a token means to be somebody.
    """

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return services.user_of_token(secret.strip()), None

    def authenticate_header(self, request: Request) -> str:
        return BEARER


def owner_of(request: Request) -> User | None:
    """Whose jobs the request is about; None where no login is asked for and nobody is logged in."""
    return request.user if request.user.is_authenticated else None
