"""Whose turn it is: first by owner, so that one with a hundred files does not push back another's one, then by job.

At each step the one on which fewest workers are, and of those the one that was served least recently.
"""

from collections import Counter
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q

from jobs.models import Claim, Job, Page, Turn
from jobs.models.job import JobQuerySet
from jobs.models.turn import NOBODY

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def next_job(among: Q) -> Job | None:
    """The job to serve now, of those that `among` lets through; None when nothing waits."""
    underway = list(Job.objects.underway().filter(among).order_by()[:2])
    if len(underway) < 2:  # noqa: PLR2004 (none has to wait for another: often so, and then nothing else is asked)
        return underway[0] if underway and _waits(underway[0]) else None
    for owner in _owners_in_turn(among):
        jobs = Job.objects.underway().filter(among, owner=owner).claimable()
        found = _idle_first(jobs) or jobs.in_turn().first()
        if found is not None:
            return found
    return None


def _waits(job: Job) -> bool:
    """Whether there is something to do for a job under way."""
    if job.pages_done in (0, job.total_pages):
        return True  # so it seems
    return job.pages.filter(status=Page.Status.PENDING).exists()


def _owners_in_turn(among: Q) -> list[int | None]:
    """The keys of the owners of jobs under way; None for jobs that have no owner."""
    owners: list[int | None] = list(
        Job.objects.underway().filter(among).order_by().values_list("owner", flat=True).distinct()
    )
    if len(owners) == 1:
        return owners
    # Not grouped by the database: SQLite would look at all jobs for that.
    running: Counter[int | None] = Counter(Claim.objects.values_list("job__owner", flat=True))
    served = dict(Turn.objects.values_list("owner_key", "served_at"))
    return sorted(owners, key=lambda owner: (running[owner], served.get(owner or NOBODY, _NEVER), owner or NOBODY))


def _idle_first(jobs: JobQuerySet) -> Job | None:
    """Of the jobs that nobody is at, the one that waits longest: found by its index, however many there are."""
    claimed = Claim.objects.filter(job=OuterRef("pk"))
    return jobs.filter(~Exists(claimed)).waiting_longest().first()
