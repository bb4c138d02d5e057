"""A Claim: what one worker has taken to do, until its lease runs out."""

from django.db import models

from jobs.models.page import Page


class ClaimKind(models.TextChoices):
    PAGES = "pages"
    """A range: consecutive pages to convert."""
    RESULT = "result"
    """Assembling the result."""


class ClaimQuerySet(models.QuerySet["Claim"]):
    def lock(self) -> list[int]:
        """Let workers finish what they are just saving under these claims, and begin nothing more; in a transaction.

        The keys of the claims.

        Before the row of the job is touched: workers take the rows of their claim and page first as well.
        """
        keys = list(self.select_for_update().order_by("pk").values_list("pk", flat=True))
        if keys:
            list(Page.objects.select_for_update().filter(claim__in=keys).order_by("pk").values_list("pk"))
        return keys

    def end(self) -> None:
        """End these claims, in a transaction: their pages wait again, and what their workers save is refused.

        Only those that are there by now, for others may be made between any two steps. (Who makes one of a job that has
        ended meanwhile ends it himself.)
        """
        keys = self.lock()
        Page.objects.filter(claim__in=keys).update(status=Page.Status.PENDING, claim=None)
        self.model.objects.filter(pk__in=keys).delete()


class Claim(models.Model):
    """Its primary key is the fence token: who saves something must still hold the claim with that key."""

    Kind = ClaimKind

    job = models.ForeignKey("jobs.Job", models.CASCADE, related_name="claims")
    kind = models.CharField(max_length=6, choices=ClaimKind.choices)
    node = models.CharField(max_length=80)
    """The machine (more exactly: the `serve`) whose worker this is."""
    claimed_at = models.DateTimeField()
    lease_until = models.DateTimeField(db_index=True)

    taken: list[Page]
    """Its pages in their order, as they were when they were taken: known to whoever took them."""
    renewed_at = 0.0
    """When whoever took it renewed the lease last, by the monotonic clock."""

    objects = ClaimQuerySet.as_manager()

    def __str__(self) -> str:
        return f"claim {self.pk}"
