"""A Picture: something cut out of a page, stored as a file that the Markdown refers to."""

from django.db import models


class Picture(models.Model):
    """An equal picture on several pages stands once, under the name that its first page gave it."""

    job = models.ForeignKey("jobs.Job", models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=40)
    """File name in the job's `images/`."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the file."""
    bytes = models.PositiveIntegerField()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(name="picture_once_in_job", fields=("job", "digest")),
            models.UniqueConstraint(name="picture_name_once_in_job", fields=("job", "name")),
        )

    def __str__(self) -> str:
        return self.name
