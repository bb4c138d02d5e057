"""`manage.py restore_jobs`: make the job list again from the stored folders, after the database was lost."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from jobs import services, storage


class Command(BaseCommand):
    help = (
        "Make the jobs again from their folders (jobs/… in the media folder or the bucket), after the database was "
        "lost: each finished job comes back with its result, pages and owner. Owners whose accounts are gone get new "
        "ones without a password (`manage.py changepassword NAME`). Makes the database if there is none. Jobs that are "
        "listed already stay as they are, so it is safe to repeat. Run it before the server is started again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
            outcome = services.restore()
        except DatabaseError as error:
            raise CommandError(f"The database can't be used ({error}). `manage.py doctor` says what to do.") from error
        except OSError as error:
            raise CommandError(
                f"The stored files can't be read ({error}). Mend that and run this again: it goes on where it stopped."
            ) from error
        for job_id in outcome.restored:
            self.stdout.write(f"restored  {job_id}")
        for job_id in outcome.unclear:
            self.stdout.write(f"unclear   {storage.folder(job_id)}")
        self.stdout.write(
            f"{len(outcome.restored)} jobs restored, {len(outcome.present)} were listed already, "
            f"{len(outcome.unclear)} folders are unclear."
        )
        if outcome.unclear:
            self.stdout.write(
                "Unclear folders have no metadata.json that can be read: their jobs were not finished. Convert the "
                f"{storage.INPUT} in them again (`manage.py convert`), then remove them: `manage.py purge_jobs "
                "--orphans` (once the restored ones are back, only those are left)."
            )
