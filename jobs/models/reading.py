"""A Reading: somebody is downloading from a job just now, so its files stay until he is through."""

from django.db import models


class Reading(models.Model):
    job = models.ForeignKey("jobs.Job", models.CASCADE, related_name="readings")
    until = models.DateTimeField()
    """Counts no longer after that, should the process that sends have died."""

    def __str__(self) -> str:
        return f"reading {self.pk}"
