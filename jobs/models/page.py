"""A Page: one page of a job, and what became of it."""

import json
from typing import Self

from django.db import models
from django.db.models import Q


class PageStatus(models.TextChoices):
    PENDING = "pending"
    """Waits for a worker."""
    PROCESSING = "processing"
    """In a range that a worker has claimed."""
    DONE = "done"
    """Its Markdown is saved."""
    FAILED = "failed"
    """Could not be converted; `error` says why."""


class PageQuerySet(models.QuerySet["Page"]):
    def light(self) -> Self:
        """Without what is long: for lists and counts."""
        return self.defer("markdown", "seams", "blocks")


class Page(models.Model):
    Status = PageStatus

    job = models.ForeignKey("jobs.Job", models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    """The page's number in the PDF, from 1."""
    label = models.CharField(max_length=40, blank=True)
    """The number that is printed on it, where the PDF says so (iv, A-3)."""
    status = models.CharField(max_length=12, choices=PageStatus.choices, default=PageStatus.PENDING)
    # Whoever ends a claim lets go of its pages as well: so it is one statement, and claims end often.
    claim = models.ForeignKey("jobs.Claim", models.DO_NOTHING, null=True, related_name="pages")
    markdown = models.TextField(blank=True)
    source = models.CharField(max_length=8, blank=True)
    """Where its text is from: text, ocr, mixed, vision, or none."""
    seams = models.JSONField(default=dict)
    """What joining it to its neighbours needs (`engines.Markdown.seams`)."""
    blocks = models.JSONField(default=list)
    """Its parts with their places (`engines.Markdown.blocks`)."""
    frame = models.JSONField(default=dict)
    """Its size, and how a scan was turned (`engines.Markdown.frame`)."""
    error_code = models.CharField(max_length=20, blank=True)
    error = models.TextField(blank=True)
    warnings = models.JSONField(default=list)
    seconds = models.FloatField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    """How many conversions of it have ended: it was saved, was seen to fail, or its worker was lost."""
    crashes = models.PositiveSmallIntegerField(default=0)
    """How often a worker saw it fail."""
    converted_at = models.DateTimeField(null=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(name="page_once_in_job", fields=("job", "number")),
            models.CheckConstraint(name="page_status_known", condition=Q(status__in=PageStatus.values)),
            models.CheckConstraint(name="page_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="page_failed_has_reason", condition=~Q(status=PageStatus.FAILED) | ~Q(error="")
            ),
        )
        indexes = (models.Index(name="page_in_state", fields=("job", "status", "number")),)

    @property
    def text_bytes(self) -> int:
        """About what its texts take in the database; of a page without any nothing."""
        others = [value for value in (self.seams, self.blocks, self.frame) if value]
        return len(self.markdown.encode()) + sum(len(json.dumps(value, ensure_ascii=False)) for value in others)

    def __str__(self) -> str:
        return f"page {self.number}"
