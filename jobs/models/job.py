"""A Job: one PDF somebody wants as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from jobs import storage
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
    Status.PENDING: (Status.FAILED, Status.CANCELLED),
    Status.PROCESSING: ACTIVE,
    Status.COMPLETED: (Status.PROCESSING,),
    Status.FAILED: (Status.PROCESSING,),
    Status.CANCELLED: ACTIVE,
}


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The jobs that `user` may see: the own ones; where no login is asked for, there is one user and all is his."""
        if not settings.REQUIRE_LOGIN:
            return self
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()

    def active(self) -> Self:
        return self.filter(status__in=ACTIVE)

    def finished(self) -> Self:
        return self.filter(status__in=FINISHED)

    def claimable(self) -> Self:
        """Jobs with something to do that nobody does: pages that wait, or all pages made and no result yet."""
        waiting = Page.objects.filter(job=OuterRef("pk"), status=Page.Status.PENDING)
        claimed = Claim.objects.filter(job=OuterRef("pk"))
        return self.active().filter(Exists(waiting) | (Q(pages_done=F("total_pages")) & ~Exists(claimed)))

    def in_turn(self) -> Self:
        """Claimable jobs, the one whose turn it is first: fewest ranges running, then least recently served."""
        return (
            self.claimable()
            .annotate(ranges=Count("claims"))
            .order_by("ranges", F("last_served_at").asc(nulls_first=True), "pk")
        )

    def stalled(self) -> Self:
        """Jobs of which a claim has run out: their worker is gone."""
        return self.active().filter(claims__lease_until__lt=timezone.now()).distinct()

    def move(self, to: Status, **changes: Any) -> bool:
        """Change the status to `to` if the table allows it from where the row is now: a compare-and-set.

        `changes` are set with it. False when no row was in a state it may come from.
        """
        if to in FINISHED:
            changes.setdefault("completed_at", timezone.now())
        return self.filter(status__in=COMES_FROM[to]).update(status=to, **changes) > 0


class Job(models.Model):
    Status = Status

    job_id = models.CharField(max_length=120, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="jobs")
    filename = models.CharField(max_length=255)
    client_ref = models.CharField(max_length=200, blank=True)

    input = models.FileField(upload_to=storage.input_path, max_length=255)
    input_bytes = models.BigIntegerField()
    result = models.FileField(upload_to=storage.result_path, max_length=255, blank=True)
    result_bytes = models.BigIntegerField(default=0)

    engine = models.CharField(max_length=40)
    engine_version = models.CharField(max_length=80, blank=True)
    prompt = models.TextField(blank=True)
    options = models.JSONField(default=dict)
    # Kept while pages may still have to be converted, emptied when the job is completed; never shown.
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

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    last_progress_at = models.DateTimeField(null=True)
    last_served_at = models.DateTimeField(null=True)
    """When a worker last claimed something of it: whose turn it is."""
    last_accessed_at = models.DateTimeField(null=True)
    keep = models.BooleanField(default=False)

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
            models.Index(name="job_status_newest", fields=("status", "-created_at")),
            # The few jobs that are worked on, however many are done.
            models.Index(name="job_active_turn", fields=("last_served_at",), condition=Q(status__in=ACTIVE)),
        )

    def __str__(self) -> str:
        return self.job_id

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED

    @property
    def progress_percent(self) -> int:
        """Whole percent, rounded down: 100 only when all pages are through."""
        return self.pages_done * 100 // self.total_pages
