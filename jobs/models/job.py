"""A Job: one PDF somebody wants as Markdown."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from jobs import storage
from jobs.clock import Now
from jobs.limits import URL_CHARACTERS, limits
from jobs.models.claim import Claim
from jobs.models.page import Page

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class Status(models.TextChoices):
    PENDING = "pending"
    """Accepted; no page was begun, or all were given back by a retry."""
    PROCESSING = "processing"
    """A worker has begun; stays so until the result is assembled."""
    COMPLETED = "completed"
    """The result is there; `pages_failed` of its pages could not be converted."""
    FAILED = "failed"
    """No page could be converted."""
    CANCELLED = "cancelled"
    """Somebody stopped it; the pages made until then stay readable."""


ACTIVE = (Status.PENDING, Status.PROCESSING)
FINISHED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)

# The one table of transitions: which states a job may come from.
COMES_FROM: dict[Status, tuple[Status, ...]] = {
    # Of the completed ones only those with failed pages: the others have nothing left to do.
    Status.PENDING: (Status.FAILED, Status.CANCELLED, Status.COMPLETED),
    Status.PROCESSING: ACTIVE,
    Status.COMPLETED: (Status.PROCESSING,),
    Status.FAILED: (Status.PROCESSING,),
    Status.CANCELLED: ACTIVE,
}


class Removal(models.TextChoices):
    PURGING = "purging"
    """Its files are being removed, its row stays as a tombstone."""
    DELETING = "deleting"
    """Its files are being removed, then its row."""


# All that a job's status document is made of.
PROGRESS_FIELDS = (
    "job_id",
    "owner",
    "status",
    "total_pages",
    "pages_done",
    "pages_failed",
    "error",
    "seconds_per_page",
    "last_progress_at",
    "last_accessed_at",
    "used_at",
    "keep",
    "removal",
    "purged_at",
)


class JobQuerySet(models.QuerySet["Job"]):
    def there(self) -> Self:
        """Without those whose deletion has begun."""
        return self.exclude(removal=Removal.DELETING)

    def progress_only(self) -> Self:
        """With no more of each row than its status document needs."""
        return self.only(*PROGRESS_FIELDS)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The jobs that `user` may see: the own ones; where no login is asked for, there is one user and all is his."""
        there = self.there()
        if not settings.REQUIRE_LOGIN:
            return there
        return there.filter(owner_id=user.pk) if user.is_authenticated else there.none()

    def active(self) -> Self:
        return self.filter(status__in=ACTIVE)

    def finished(self) -> Self:
        # Said as what they are not: nearly all jobs are finished, so an index on the status is the wrong way to them.
        return self.exclude(status__in=ACTIVE)

    def stored(self) -> Self:
        """Jobs that have files, which nobody is removing."""
        return self.filter(purged_at=None, removal=None)

    def kept(self) -> Self:
        """Finished jobs that retention must not take. (What is kept is never purged, so nothing else need be asked.)"""
        return self.finished().filter(keep=True)

    def purgeable(self) -> Self:
        """Jobs that retention may take, the least recently used first."""
        return self.finished().stored().filter(keep=False).order_by("used_at", "pk")

    def claimable(self) -> Self:
        """Jobs with something to do that nobody does: pages that wait, or all pages made and no result yet."""
        waiting = Page.objects.filter(job=OuterRef("pk"), status=Page.Status.PENDING)
        claimed = Claim.objects.filter(job=OuterRef("pk"))
        return self.active().filter(Exists(waiting) | (Q(pages_done=F("total_pages")) & ~Exists(claimed)))

    def underway(self) -> Self:
        """The active jobs once more, said so that their own small index is used."""
        return self.filter(completed_at__isnull=True)

    def waiting_longest(self) -> Self:
        """The one that was served least recently first."""
        return self.order_by(F("last_served_at").asc(nulls_first=True), "pk")

    def in_turn(self) -> Self:
        """The one on which fewest workers are first, of those the one that was served least recently."""
        return self.annotate(ranges=Count("claims")).order_by("ranges", F("last_served_at").asc(nulls_first=True), "pk")

    def stalled(self) -> Self:
        """Jobs of which a claim has run out: their worker is gone."""
        return self.active().filter(claims__lease_until__lt=Now()).distinct()

    def move(self, to: Status, **changes: Any) -> bool:
        """Change the status to `to` if the table allows it from where the row is now: a compare-and-set.

        `changes` are set with it. False when no row was in a state it may come from.
        """
        if to in FINISHED:
            changes.setdefault("completed_at", Now())
            changes.setdefault("used_at", changes["completed_at"])
        there = self.filter(status__in=COMES_FROM[to])
        if to == Status.PENDING:
            there = there.exclude(status=Status.COMPLETED, pages_failed=0)
        return there.update(status=to, **changes) > 0


class Job(models.Model):
    Status = Status
    Removal = Removal

    job_id = models.CharField(max_length=120, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="jobs")
    filename = models.CharField(max_length=255)
    client_ref = models.CharField(max_length=200, blank=True)
    callback_url = models.CharField(max_length=URL_CHARACTERS, blank=True)
    """Where its end and its purge are told to; see webhooks."""

    input = models.FileField(upload_to=storage.input_path, max_length=255)
    input_bytes = models.BigIntegerField()
    input_sha256 = models.CharField(max_length=64, blank=True)
    reused = models.BooleanField(default=False)
    """Its pages were made by an earlier job of the same file."""
    result = models.FileField(upload_to=storage.result_path, max_length=255, blank=True)
    result_bytes = models.BigIntegerField(default=0)

    engine = models.CharField(max_length=40)
    engine_version = models.CharField(max_length=80, blank=True)
    prompt = models.TextField(blank=True)
    options = models.JSONField(default=dict)
    # Kept while pages may still have to be converted, emptied when all are; never shown.
    password = models.CharField(max_length=255, blank=True)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    error = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    total_pages = models.PositiveIntegerField()
    pages_done = models.PositiveIntegerField(default=0)
    """Pages that are through, the failed ones among them."""
    pages_failed = models.PositiveIntegerField(default=0)
    seconds_per_page = models.FloatField(null=True)
    """The speed measured so far: a moving average over this job's pages."""
    prompt_tokens = models.PositiveBigIntegerField(default=0)
    completion_tokens = models.PositiveBigIntegerField(default=0)
    """What a vision model has read and written for it."""

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    last_progress_at = models.DateTimeField(null=True)
    last_served_at = models.DateTimeField(null=True)
    """When a worker last claimed something of it: whose turn it is."""
    last_accessed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(default=timezone.now)
    """When it was last finished or used: what is used least recently is purged first."""
    keep = models.BooleanField(default=False)
    """Never purged."""

    stored_bytes = models.BigIntegerField(default=0)
    """All of its files."""
    page_bytes = models.BigIntegerField(default=0)
    """Its pages' texts in the database."""
    archived = models.BooleanField(default=False)
    """Its `metadata.json` says how it ended."""
    # NULL and not empty where there is none: SQLite can use "IS NULL" to pick an index, and no bound value.
    removal = models.CharField(max_length=8, choices=Removal.choices, null=True, blank=True)  # noqa: DJ001
    """What is being done with its files; set for no longer than that takes, unless the process died."""
    purged_at = models.DateTimeField(null=True)
    """Since when only this row is left of it: a tombstone."""
    purge_reason = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(name="job_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="job_page_counts_hold",
                condition=Q(pages_failed__lte=F("pages_done"), pages_done__lte=F("total_pages"), total_pages__gte=1),
            ),
            models.CheckConstraint(
                name="job_completed_has_all",
                condition=~Q(status=Status.COMPLETED)
                | Q(pages_done=F("total_pages"), pages_failed__lt=F("pages_done")),
            ),
            models.CheckConstraint(
                name="job_finished_has_time",
                condition=Q(status__in=FINISHED, completed_at__isnull=False)
                | Q(status__in=ACTIVE, completed_at__isnull=True),
            ),
        )
        indexes = (
            models.Index(name="job_newest", fields=("-created_at", "-id")),
            models.Index(name="job_owner_newest", fields=("owner", "-created_at", "-id")),
            models.Index(
                name="job_underway",
                fields=("owner", "last_served_at", "id", "status", "completed_at"),
                condition=Q(completed_at__isnull=True),
            ),
            models.Index(name="job_same_file", fields=("input_sha256", "owner")),
            models.Index(name="job_status_newest", fields=("status", "-created_at")),
            # SQLite takes an index by its leading columns, where NULL counts as a value like others; a boolean it can
            # only use as a partial index's condition. The long ones answer sums without a look at the rows.
            models.Index(
                name="job_room",
                fields=("removal", "purged_at", "used_at", "id", "keep", "status", "stored_bytes", "page_bytes"),
            ),
            models.Index(
                name="job_owner_room",
                fields=("owner", "status", "removal", "purged_at", "stored_bytes", "page_bytes"),
            ),
            models.Index(name="job_status_count", fields=("status", "removal", "completed_at")),
            models.Index(name="job_largest", fields=("-stored_bytes",)),
            models.Index(name="job_removal", fields=("removal",), condition=Q(removal__isnull=False)),
            models.Index(name="job_tombstones", fields=("purged_at",), condition=Q(purged_at__isnull=False)),
            models.Index(name="job_kept", fields=("status",), condition=Q(keep=True)),
            models.Index(name="job_unarchived", fields=("removal", "purged_at", "status"), condition=Q(archived=False)),
        )

    def __str__(self) -> str:
        return self.job_id

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def may_be_retried(self) -> bool:
        """Whether something of it was not converted, nobody is at it, and its files are there."""
        partly = self.status == Status.COMPLETED and self.pages_failed > 0
        return not self.is_purged and (partly or self.status in (Status.FAILED, Status.CANCELLED))

    @property
    def is_purged(self) -> bool:
        return self.purged_at is not None or self.removal is not None

    @property
    def expires_at(self) -> datetime | None:
        """When its age makes it due for the next purge; None when it is not."""
        after = limits().unused_for
        if after is None or self.keep or not self.is_finished or self.is_purged:
            return None
        return self.used_at + after

    @property
    def progress_percent(self) -> int:
        """Whole percent, rounded down: 100 only when all pages are through."""
        return self.pages_done * 100 // self.total_pages
