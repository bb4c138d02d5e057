"""`manage.py recover_jobs`: set right what a death, a lost task or a full disk has left behind."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from jobs.models import Job, Node
from jobs.pipeline import recovery
from jobs.services import removal


class Command(BaseCommand):
    help = (
        "Set right what a crash has left behind: give back the pages whose worker is gone, wake workers if work waits, "
        "write the metadata.json files that are missing, finish removals that were broken off. A running server does "
        "the same every few seconds; to do it by hand is harmless, also beside the server and more than once."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(f"{recovery.recover()} claims of workers that are gone were given back.")
            self.stdout.write(f"{recovery.archive_finished(timedelta())} finished jobs got their metadata.json.")
            self.stdout.write(f"{removal.finish_all()} removals that were broken off are finished.")
            self.stdout.write(_outlook())
        except DatabaseError as error:
            raise CommandError(f"The database can't be used ({error}). `manage.py doctor` says what to do.") from error
        except OSError as error:
            raise CommandError(f"The storage can't be used ({error}). `manage.py doctor` says what to do.") from error


def _outlook() -> str:
    """What happens next with the jobs that are not finished."""
    active = Job.objects.active().count()
    if not active:
        return "No job is unfinished."
    if Node.objects.working().exists():
        return f"{active} jobs are unfinished; the server's workers are at them."
    return f"{active} jobs are unfinished; they go on when the server runs: `manage.py serve`."
