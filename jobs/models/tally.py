"""A Tally: a count that only grows, kept with what it counts, so that no process's death and no purge changes it."""

import random

from django.core.cache import cache
from django.db import models
from django.db.models import F, Sum

# Upper ends of the ranges in which the pages' seconds are counted.
PAGE_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

# What each page counts is kept in so many rows that are added up when somebody asks: pages that are saved at once would
# wait for each other's commits at a single one.
_PARTS = 16
_HOLDS_S = 10


class TallyName(models.TextChoices):
    PAGE_SECONDS = "page_seconds"
    """Converted pages by engine, and by the range of seconds they took; `total` sums the seconds."""
    PAGES_FAILED = "pages_failed"
    """Pages given up, by engine and error code."""
    SANDBOX_RESTARTS = "sandbox_restarts"
    """Sandboxes that had to be replaced, by engine."""


class TallyQuerySet(models.QuerySet["Tally"]):
    def added_up(self) -> list["Tally"]:
        """One tally for all parts of each count, in order; not to be saved."""
        names = ("name", "engine", "detail")
        sums = self.order_by(*names).values(*names).annotate(counts=Sum("count"), totals=Sum("total"))
        return [Tally(**{name: row[name] for name in names}, count=row["counts"], total=row["totals"]) for row in sums]


class Tally(models.Model):
    Name = TallyName

    name = models.CharField(max_length=20, choices=TallyName.choices)
    engine = models.CharField(max_length=40)
    detail = models.CharField(max_length=20, blank=True)
    part = models.PositiveSmallIntegerField(db_default=0)
    count = models.PositiveBigIntegerField(default=0)
    total = models.FloatField(default=0.0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(name="tally_part_once", fields=("name", "engine", "detail", "part")),)

    def __str__(self) -> str:
        return f"{self.name} {self.engine} {self.detail}".rstrip()


def add(name: TallyName, engine: str, detail: str = "", value: float = 0.0, part: int = 0) -> None:
    """Count one more, and `value` to the total. Late in its transaction: others wait for the row until that is over."""
    rows = Tally.objects.filter(name=name, engine=engine, detail=detail, part=part)
    if not _added(rows, value):
        Tally.objects.bulk_create([Tally(name=name, engine=engine, detail=detail, part=part)], ignore_conflicts=True)
        _added(rows, value)


def add_page(engine: str, seconds: float) -> None:
    """Count a converted page."""
    upper_end = next((f"{end:g}" for end in PAGE_SECONDS if seconds <= end), "+Inf")
    part = random.randrange(_PARTS)  # noqa: S311 (no secret)
    add(TallyName.PAGE_SECONDS, engine, upper_end, seconds, part)


def seconds_per_page(engine: str) -> float | None:
    """How long a page took with `engine` on average, in all jobs so far; None before the first one.

    May be some seconds old: all workers ask it at once when a document comes.
    """
    known: float | None = cache.get_or_set(f"pdfjobs-speed-{engine}", lambda: _seconds_per_page(engine), _HOLDS_S)
    return known


def _seconds_per_page(engine: str) -> float | None:
    found = Tally.objects.filter(name=TallyName.PAGE_SECONDS, engine=engine).aggregate(Sum("count"), Sum("total"))
    return found["total__sum"] / found["count__sum"] if found["count__sum"] else None


def _added(rows: TallyQuerySet, value: float) -> bool:
    return rows.update(count=F("count") + 1, total=F("total") + value) > 0
