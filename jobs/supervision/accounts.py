"""A way into the admin on first start."""

import secrets

from django.contrib.auth import get_user_model
from django.db import IntegrityError

FIRST_NAME = "admin"


def first_administrator() -> str | None:
    """Make the account `admin` if nobody can enter the admin yet; its password, None when somebody can."""
    users = get_user_model().objects
    if users.filter(is_superuser=True, is_active=True).exists() or users.filter(username=FIRST_NAME).exists():
        return None
    password = secrets.token_urlsafe(9)
    try:
        users.create_superuser(FIRST_NAME, "", password)
    except IntegrityError:
        return None  # another machine that starts just now has made it
    return password
