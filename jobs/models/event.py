"""An Event: a line of a job's timeline, for those who ask what happened to it."""

from django.db import models
from django.utils import timezone

# A document of bad pages must not fill the database with its story.
MOST_PER_JOB = 200


class EventKind(models.TextChoices):
    QUEUED = "queued"
    REUSED = "reused"
    """It got pages that were made before."""
    CLAIMED = "claimed"
    """A worker has begun it for the first time."""
    PAGE_TRIED_AGAIN = "page tried again"
    PAGE_FAILED = "page failed"
    RECOVERED = "recovered"
    """A worker was lost, and what it had claimed was given back."""
    RETRIED = "retried"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DOWNLOADED = "downloaded"
    KEPT = "kept"
    NOT_KEPT = "not kept"
    PURGED = "purged"
    RESTORED = "restored"


class Event(models.Model):
    Kind = EventKind

    job = models.ForeignKey("jobs.Job", models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    detail = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.detail}".strip()


def note(job_key: int, kind: EventKind, detail: str = "") -> None:
    """Add a line to the timeline of the job with that key, unless it is full.

    Belongs into the transaction it tells of.
    """
    if Event.objects.filter(job_id=job_key).count() < MOST_PER_JOB:
        Event.objects.create(job_id=job_key, kind=kind, detail=detail)
