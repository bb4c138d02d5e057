"""What comes in and what goes out: the upload's options, the job document, the status, the page list."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from jobs import engines
from jobs.limits import PROMPT_CHARACTERS, REFERENCE_CHARACTERS, limits
from jobs.models import Job, Page


class UploadSerializer(serializers.Serializer[Any]):
    """The fields of an upload besides the file. One that this server doesn't know is refused, not ignored."""

    engine = serializers.CharField(default=engines.DEFAULT)
    pages = serializers.CharField(default="", allow_blank=True, max_length=1000)
    page_breaks = serializers.BooleanField(default=False)
    prompt = serializers.CharField(default="", allow_blank=True, max_length=PROMPT_CHARACTERS)
    password = serializers.CharField(default="", allow_blank=True, max_length=255, trim_whitespace=False)
    client_ref = serializers.CharField(default="", allow_blank=True, max_length=REFERENCE_CHARACTERS)

    def validate_engine(self, value: str) -> str:
        names = sorted({*engines.ENGINES, *settings.EXTRA_ENGINES})
        if value not in names:
            raise serializers.ValidationError(f"There is no such engine; there are: {', '.join(names)}.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields) - {"file", "csrfmiddlewaretoken"})
        if unknown:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name[:40]: f"This server does not know this option; it knows: {known}." for name in unknown[:5]}
            )
        return attrs


class JobSerializer(serializers.ModelSerializer[Job]):
    """The job document. Give it jobs of `JobQuerySet` with `failed_page_rows` prefetched where there are many."""

    processed_pages = serializers.IntegerField(source="pages_done")
    progress_percent = serializers.IntegerField()
    result_file = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    failed_pages = serializers.SerializerMethodField()
    expires_at = serializers.SerializerMethodField()
    status_url = serializers.SerializerMethodField()
    result_url = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = (
            "job_id",
            "filename",
            "status",
            "created_at",
            "started_at",
            "completed_at",
            "total_pages",
            "processed_pages",
            "progress_percent",
            "prompt",
            "result_file",
            "error",
            "pages_failed",
            "failed_pages",
            "engine",
            "engine_version",
            "options",
            "warnings",
            "input_bytes",
            "result_bytes",
            "last_accessed_at",
            "expires_at",
            "keep",
            "client_ref",
            "status_url",
            "result_url",
        )

    def get_result_file(self, job: Job) -> str | None:
        return job.result.name or None

    def get_error(self, job: Job) -> str | None:
        return job.error or None

    def get_failed_pages(self, job: Job) -> list[int]:
        return failed_pages(job)

    def get_expires_at(self, job: Job) -> None:
        return None  # results are kept until somebody deletes them

    def get_status_url(self, job: Job) -> str:
        return reverse("job-status", args=[job.job_id])

    def get_result_url(self, job: Job) -> str:
        return reverse("job-result", args=[job.job_id])


class PageSerializer(serializers.ModelSerializer[Page]):
    """A row of the page list."""

    error = serializers.SerializerMethodField()

    class Meta:
        model = Page
        fields = ("number", "status", "seconds", "attempts", "error", "error_code", "warnings", "converted_at")

    def get_error(self, page: Page) -> str | None:
        return page.error or None


def status_document(job: Job) -> dict[str, Any]:
    """What a poll gets: counts, and how long it may still take."""
    return {
        "job_id": job.job_id,
        "status": job.status,
        "progress": job.progress_percent,
        "pages_done": job.pages_done,
        "total_pages": job.total_pages,
        "pages_failed": job.pages_failed,
        "error": job.error or None,
        "queue_position": _queue_position(job),
        "eta_seconds": _eta_seconds(job),
        "last_progress_at": _moment(job.last_progress_at),
        "is_terminal": job.is_finished,
    }


def failed_pages(job: Job) -> list[int]:
    """The numbers of the pages that could not be converted, without a query where there are none."""
    if not job.pages_failed:
        return []
    if hasattr(job, "failed_page_rows"):
        return [page.number for page in job.failed_page_rows]
    return list(job.pages.filter(status=Page.Status.FAILED).order_by("number").values_list("number", flat=True))


def _moment(value: datetime | None) -> str | None:
    """As DRF writes times: ISO 8601, with Z for UTC."""
    found: str | None = serializers.DateTimeField().to_representation(value) if value else None
    return found


def _queue_position(job: Job) -> int | None:
    """How many jobs that nobody has begun were there before this one; None once it is begun."""
    if job.status != Job.Status.PENDING:
        return None
    return Job.objects.filter(status=Job.Status.PENDING, pk__lt=job.pk).count()


def _eta_seconds(job: Job) -> int | None:
    """Seconds until done at the speed measured so far, if all workers of this machine are at it."""
    if job.is_finished or job.seconds_per_page is None:
        return None
    return round((job.total_pages - job.pages_done) * job.seconds_per_page / limits().workers)
