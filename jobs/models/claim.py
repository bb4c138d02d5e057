"""A Claim: what one worker has taken to do, until its lease runs out."""

from django.db import models


class ClaimKind(models.TextChoices):
    PAGES = "pages"
    """A range: consecutive pages to convert."""
    RESULT = "result"
    """Assembling the result."""


class Claim(models.Model):
    """Its primary key is the fence token: who saves something must still hold the claim with that key."""

    Kind = ClaimKind

    job = models.ForeignKey("jobs.Job", models.CASCADE, related_name="claims")
    kind = models.CharField(max_length=6, choices=ClaimKind.choices)
    node = models.CharField(max_length=80)
    """The machine (more exactly: the `serve`) whose worker this is."""
    claimed_at = models.DateTimeField()
    lease_until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"claim {self.pk}"
