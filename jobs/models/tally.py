"""A Tally: a count that only grows, kept with what it counts, so that no process's death and no purge changes it."""

from django.db import models
from django.db.models import F

# Upper ends of the ranges in which the pages' seconds are counted.
PAGE_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class TallyName(models.TextChoices):
    PAGE_SECONDS = "page_seconds"
    """Converted pages by engine, and by the range of seconds they took; `total` sums the seconds."""
    PAGES_FAILED = "pages_failed"
    """Pages given up, by engine and error code."""
    SANDBOX_RESTARTS = "sandbox_restarts"
    """Sandboxes that had to be replaced, by engine."""


class Tally(models.Model):
    Name = TallyName

    name = models.CharField(max_length=20, choices=TallyName.choices)
    engine = models.CharField(max_length=40)
    detail = models.CharField(max_length=20, blank=True)
    count = models.PositiveBigIntegerField(default=0)
    total = models.FloatField(default=0.0)

    class Meta:
        constraints = (models.UniqueConstraint(name="tally_once", fields=("name", "engine", "detail")),)

    def __str__(self) -> str:
        return f"{self.name} {self.engine} {self.detail}".rstrip()


def add(name: TallyName, engine: str, detail: str = "", value: float = 0.0) -> None:
    """Count one more, and `value` to the total. Last in its transaction: others wait for the row until that is over."""
    if not _added(name, engine, detail, value):
        Tally.objects.bulk_create([Tally(name=name, engine=engine, detail=detail)], ignore_conflicts=True)
        _added(name, engine, detail, value)


def add_page(engine: str, seconds: float) -> None:
    """Count a converted page."""
    upper_end = next((f"{end:g}" for end in PAGE_SECONDS if seconds <= end), "+Inf")
    add(TallyName.PAGE_SECONDS, engine, upper_end, seconds)


def _added(name: TallyName, engine: str, detail: str, value: float) -> bool:
    rows = Tally.objects.filter(name=name, engine=engine, detail=detail)
    return rows.update(count=F("count") + 1, total=F("total") + value) > 0
