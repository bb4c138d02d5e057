"""`manage.py revoke_token`: shut a program out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs import services
from jobs.models import Token


class Command(BaseCommand):
    help = "Revoke a token, at once and for good. `manage.py list_tokens` says the keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", metavar="KEY", type=int, help="the token's key")

    def handle(self, *args: Any, key: int, **options: Any) -> None:
        token = Token.objects.filter(pk=key).first()
        if token is None:
            raise CommandError(f"There is no token {key}. `manage.py list_tokens` says which there are.")
        services.revoke_token(token)
        self.stdout.write(f"The token {token} of {token.user.get_username()} is revoked.")
