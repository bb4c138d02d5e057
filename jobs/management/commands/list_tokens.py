"""`manage.py list_tokens`: which tokens there are."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand

from jobs.management.accounts import account
from jobs.models import Token


class Command(BaseCommand):
    help = "List the tokens of all accounts, or of USER: key, account, beginning, last use, expiry and name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", nargs="?", help="name of an account")

    def handle(self, *args: Any, user: str | None, **options: Any) -> None:
        tokens = Token.objects.select_related("user").order_by("user__username", "pk")
        for token in tokens.filter(user=account(user)) if user else tokens:
            used, ends = _day(token.last_used_at, "never used"), _day(token.expires_at, "for ever")
            words = (str(token.pk), token.user.get_username(), f"{token.prefix}…", used, ends, token.name)
            self.stdout.write("  ".join(words))


def _day(moment: datetime | None, otherwise: str) -> str:
    return f"{moment:%Y-%m-%d}" if moment else otherwise
