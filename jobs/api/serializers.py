"""What comes in: the options of an upload. And the short answer to a poll."""

from datetime import datetime
from typing import Any

from django.conf import settings
from rest_framework import serializers

from jobs import engines
from jobs.limits import PROMPT_CHARACTERS, REFERENCE_CHARACTERS, limits
from jobs.models import Job
from jobs.room import has_no_room


class UploadSerializer(serializers.Serializer[Any]):
    """The fields of an upload besides the file. One that this server doesn't know is refused, not ignored."""

    engine = serializers.CharField(default=engines.DEFAULT)
    pages = serializers.CharField(default="", allow_blank=True, max_length=1000)
    page_breaks = serializers.BooleanField(default=False)
    images = serializers.BooleanField(default=False)
    ocr = serializers.ChoiceField(default="auto", choices=("auto", "always", "never"))
    ocr_language = serializers.RegexField(
        r"^[A-Za-z_]{2,8}([+,][A-Za-z_]{2,8}){0,9}$",
        default="",
        allow_blank=True,
        error_messages={"invalid": 'Name languages like "de" or "deu+eng".'},
    )
    page_furniture = serializers.ChoiceField(default="drop", choices=("drop", "keep"))
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


class KeepSerializer(serializers.Serializer[Any]):
    """`keep` protects a job from being purged; false takes the mark off."""

    keep = serializers.BooleanField(default=True)


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
        "waiting": _waiting(job),
        "queue_position": _queue_position(job),
        "eta_seconds": _eta_seconds(job),
        "expires_at": _moment(job.expires_at),
        "last_progress_at": _moment(job.last_progress_at),
        "is_terminal": job.is_finished,
    }


def _waiting(job: Job) -> str | None:
    """Why nothing goes on with an active job, though workers may be free; None when it does."""
    if job.is_finished or not has_no_room():
        return None
    return "The server's disk is full. The job goes on as soon as there is room."


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
