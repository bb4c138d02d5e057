"""The documents that describe a job and its pages, as the API gives them and as `metadata.json` keeps them."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from jobs.models import Job, Page


class JobSerializer(serializers.ModelSerializer[Job]):
    """The job document. Give it jobs of `JobQuerySet` with `failed_page_rows` prefetched where there are many."""

    processed_pages = serializers.IntegerField(source="pages_done")
    progress_percent = serializers.IntegerField()
    result_file = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    failed_pages = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField(allow_null=True)
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
            "input_sha256",
            "reused",
            "prompt_tokens",
            "completion_tokens",
            "result_bytes",
            "last_accessed_at",
            "expires_at",
            "keep",
            "purged_at",
            "purge_reason",
            "client_ref",
            "callback_url",
            "status_url",
            "result_url",
        )

    def get_result_file(self, job: Job) -> str | None:
        return job.result.name or None

    def get_error(self, job: Job) -> str | None:
        return job.error or None

    def get_failed_pages(self, job: Job) -> list[int]:
        return failed_pages(job)

    def get_status_url(self, job: Job) -> str:
        return reverse("job-status", args=[job.job_id])

    def get_result_url(self, job: Job) -> str:
        return reverse("job-result", args=[job.job_id])


class PageSerializer(serializers.ModelSerializer[Page]):
    """A row of the page list."""

    error = serializers.SerializerMethodField()

    class Meta:
        model = Page
        fields = (
            "number",
            "label",
            "status",
            "source",
            "seconds",
            "attempts",
            "error",
            "error_code",
            "warnings",
            "converted_at",
        )

    def get_error(self, page: Page) -> str | None:
        return page.error or None


def job_document(job: Job) -> dict[str, Any]:
    """The job document, as JSON can hold it."""
    return dict(JobSerializer(job).data)


def page_document(page: Page) -> dict[str, Any]:
    """A row of the page list, as JSON can hold it."""
    return dict(PageSerializer(page).data)


def failed_pages(job: Job) -> list[int]:
    """The numbers of the pages that could not be converted, without a query where there are none."""
    if not job.pages_failed or job.is_purged:
        return []
    if hasattr(job, "failed_page_rows"):
        return [page.number for page in job.failed_page_rows]
    return list(job.pages.filter(status=Page.Status.FAILED).order_by("number").values_list("number", flat=True))
