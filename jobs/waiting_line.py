"""The place of a job that nobody has begun among all that wait.

Owners take turns: before an owner's third job, the others get two or three of theirs, as far as they have so many. Who
is first in a round is guessed by whose job came first.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db.models import Count, Min, Q

from jobs.models import Job
from jobs.remembered import remembered

Lines = dict[int | None, list[int]]
"""For each owner's key the keys of the waiting jobs, in order."""

_WAITS = Q(status=Job.Status.PENDING)


def place(job: Job) -> int:
    """How many are begun before `job`."""
    # All that is asked for stands in one small index.
    lines = (
        Job.objects.underway()
        .order_by()
        .values("owner")
        .annotate(
            count=Count("pk", filter=_WAITS),
            first=Min("pk", filter=_WAITS),
            earlier=Count("pk", filter=_WAITS & Q(pk__lt=job.pk)),
        )
    )
    own, others = None, []
    for line in lines:
        if line["owner"] == job.owner_id:
            own = line
        elif line["count"]:
            others.append((line["count"], line["first"]))
    return _place(own["earlier"], own["first"], others) if own and own["count"] else 0  # begun just now


def places() -> Callable[[Job], int]:
    """The same for many jobs; where very many wait it may be some seconds old."""
    lines = remembered("waiting-line", _lines, lambda found: sum(map(len, found.values())))
    heads = {owner: (len(keys), keys[0]) for owner, keys in lines.items()}

    def find(job: Job) -> int:
        if job.owner_id not in heads:
            return 0
        others = (head for owner, head in heads.items() if owner != job.owner_id)
        return _place(bisect_left(lines[job.owner_id], job.pk), heads[job.owner_id][1], others)

    return find


def _lines() -> Lines:
    lines: defaultdict[int | None, list[int]] = defaultdict(list)
    for owner, key in Job.objects.underway().filter(_WAITS).order_by("pk").values_list("owner", "pk"):
        lines[owner].append(key)
    return dict(lines)


def _place(earlier: int, first: int, others: Iterable[tuple[int, int]]) -> int:
    """`earlier` are the owner's jobs before it, `first` is the key of the first; for each other owner: how many, and
    the key of the first."""
    return earlier + sum(min(count, earlier + (other < first)) for count, other in others)
