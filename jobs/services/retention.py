"""Purge: finished jobs go by age, number and size, the least recently used first. Safe to run twice at once."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from jobs import clock
from jobs.clock import Now
from jobs.limits import GIB, Limits, limits
from jobs.models import Allowance, Job, Reading
from jobs.models.job import FINISHED, Removal
from jobs.room import bytes_of, room_of
from jobs.services import removal
from jobs.services.idempotency import forget_keys

logger = logging.getLogger(__name__)

# So many jobs are marked in one transaction; it must not keep other writers waiting.
_BATCH = 50


@dataclass(frozen=True)
class Rules:
    """What may stay. None leaves a rule out; statuses narrows which finished jobs may go; everything: all of those."""

    jobs: int | None = None
    bytes: int | None = None
    unused_for: timedelta | None = None
    statuses: tuple[str, ...] = FINISHED
    everything: bool = False

    @classmethod
    def of(cls, limits: Limits) -> "Rules":
        """The rules that the settings make."""
        return cls(jobs=limits.stored_jobs, bytes=limits.stored_bytes, unused_for=limits.unused_for)


@dataclass(frozen=True)
class Due:
    """A job that goes, why, and how many bytes that frees."""

    job: Job
    reason: str
    bytes: int


@dataclass
class Report:
    """What was purged, or would be."""

    due: list[Due] = field(default_factory=list)
    finished: int = 0
    """Removals that an earlier run was killed in."""

    @property
    def bytes(self) -> int:
        return sum(due.bytes for due in self.due)


def purge(rules: Rules | None = None) -> Report:
    """Remove what `rules` (those of the settings, unless given) say; finish what an earlier run has left midway."""
    rules = rules or Rules.of(limits())
    report = Report(finished=removal.finish_all())
    while batch := _mark(rules):
        for due in batch:
            removal.finish(due.job)
        report.due += batch
    _drop_old_tombstones()
    forget_keys()
    Allowance.objects.forget()
    if report.due:
        logger.info("%d jobs purged, %d bytes freed.", len(report.due), report.bytes)
    return report


def plan(rules: Rules | None = None) -> Report:
    """What `purge` would do now."""
    rules = rules or Rules.of(limits())
    return Report(due=list(_due(rules, _candidates(rules))))


@transaction.atomic
def _mark(rules: Rules) -> list[Due]:
    """Mark the next ones. Whoever comes at the same time waits for the rows' locks, and counts after us."""
    candidates = list(_candidates(rules).select_for_update(of=("self",))[:_BATCH])
    batch = list(_due(rules, candidates))
    for due in batch:
        Job.objects.filter(pk=due.job.pk).update(removal=Removal.PURGING, purge_reason=due.reason)
    return batch


def _candidates(rules: Rules) -> QuerySet[Job]:
    """What may go, first what goes first; not what somebody is downloading."""
    read = Reading.objects.filter(job=OuterRef("pk"), until__gt=Now())
    return _of(rules.statuses).filter(~Exists(read))


def _of(statuses: tuple[str, ...]) -> QuerySet[Job]:
    jobs = Job.objects.purgeable()
    return jobs if set(statuses) == set(FINISHED) else jobs.filter(status__in=statuses)


def _due(rules: Rules, candidates: "QuerySet[Job] | list[Job]") -> Iterator[Due]:
    count = _of(rules.statuses).count()
    size = room_of(Job.objects.stored()).bytes
    oldest = clock.read() - rules.unused_for if rules.unused_for else None
    for job in candidates if isinstance(candidates, list) else candidates.iterator(chunk_size=_BATCH):
        reason = _reason(rules, job, count, size, oldest)
        if reason is None:
            return
        yield Due(job, reason, bytes_of(job))
        count -= 1
        size -= bytes_of(job)


def _reason(rules: Rules, job: Job, count: int, size: int, oldest: datetime | None) -> str | None:
    if rules.everything:
        return f"the operator removed all {job.status} jobs"
    if oldest and job.used_at < oldest and rules.unused_for:
        return f"not used for {_span(rules.unused_for)}"
    if rules.jobs is not None and count > rules.jobs:
        return f"more than {rules.jobs} finished jobs, and others were used later"
    if rules.bytes is not None and size > rules.bytes:
        return f"more than {rules.bytes / GIB:g} GB stored, and others were used later"
    return None


def _span(span: timedelta) -> str:
    for unit, length in (("days", timedelta(days=1)), ("hours", timedelta(hours=1))):
        if span >= length:
            return f"{span / length:g} {unit}"
    return f"{span / timedelta(minutes=1):g} minutes"


def _drop_old_tombstones() -> None:
    """Purged jobs stay listed, but not without end."""
    tombstones: QuerySet[Job, Any] = Job.objects.filter(purged_at__isnull=False).order_by("-purged_at", "-pk")
    too_many = list(tombstones.values_list("pk", flat=True)[settings.MAX_TOMBSTONES :][: 10 * _BATCH])
    Job.objects.filter(pk__in=too_many).delete()
