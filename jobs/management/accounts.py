"""Accounts and tokens as commands name them."""

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def account(name: str) -> "User":
    """The account called `name`. Raises CommandError."""
    users = get_user_model().objects
    found: User | None = users.filter(username=name).first()
    if found is None:
        raise CommandError(f'There is no account "{name}". `manage.py createsuperuser` or the admin makes one.')
    return found
