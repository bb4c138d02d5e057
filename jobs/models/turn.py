"""A Turn: when an owner's jobs were last served, so that owners take turns."""

from django.db import models

from jobs.clock import Now

# Jobs without an owner take turns as if they had one.
NOBODY = 0


class TurnManager(models.Manager["Turn"]):
    def note(self, owner_id: int | None) -> None:
        """A worker took something of a job of the owner with that key (None: of a job without owner)."""
        key = owner_id or NOBODY
        if not self.filter(owner_key=key).update(served_at=Now()):
            self.bulk_create([Turn(owner_key=key, served_at=Now())], ignore_conflicts=True)


class Turn(models.Model):
    """Not read off the jobs: an owner whose jobs are soon finished, or deleted, has had his turn all the same."""

    owner_key = models.PositiveBigIntegerField(primary_key=True)
    """The owner's primary key, or NOBODY; stays harmlessly when the account goes."""
    served_at = models.DateTimeField()

    objects = TurnManager()

    def __str__(self) -> str:
        return f"owner {self.owner_key}, {self.served_at}"
