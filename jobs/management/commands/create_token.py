"""`manage.py create_token`: let a program use the API in somebody's name."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs import services
from jobs.errors import TooManyTokens
from jobs.management.accounts import account
from jobs.models.token import NAME_CHARACTERS


class Command(BaseCommand):
    help = "Make a token with which a program uses the API in the name of USER, and print it: nothing shows it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="name of the account")
        parser.add_argument("--name", required=True, help="what the token is for")
        parser.add_argument("--days", type=int, help="so many days it is valid (for ever)")

    def handle(self, *args: Any, user: str, name: str, days: int | None, **options: Any) -> None:
        if not 1 <= len(name) <= NAME_CHARACTERS:
            raise CommandError(f"--name takes 1 to {NAME_CHARACTERS} characters.")
        if days is not None and not 1 <= days <= 36_500:  # noqa: PLR2004 (a century)
            raise CommandError("--days takes a number from 1 to 36500.")
        try:
            made = services.make_token(account(user), name, timedelta(days=days) if days else None)
        except TooManyTokens as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(made.secret)
