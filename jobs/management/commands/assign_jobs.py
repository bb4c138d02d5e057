"""`manage.py assign_jobs`: give jobs that have no owner to somebody."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs import services
from jobs.management.accounts import account


class Command(BaseCommand):
    help = (
        "Give all jobs without an owner to USER: those made by `convert` and while no login was asked for. Where a "
        "login is asked for, only the admin shows them. Harmless to repeat, also beside a running server."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER", help="name of the account")

    def handle(self, *args: Any, user: str, **options: Any) -> None:
        count = services.assign_jobs(account(user))
        self.stdout.write(f"{count} jobs belong to {user} now.")
