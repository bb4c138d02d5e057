"""Setting right what a death, a lost token or a full disk has left behind. Safe to run anywhere, any time, twice."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, Sum

from jobs import archive, clock, queue, storage
from jobs.clock import Now, earlier
from jobs.crew import crew
from jobs.models import Claim, Event, Job
from jobs.models.event import note
from jobs.node import node_name
from jobs.pipeline import claims
from jobs.room import has_no_room
from jobs.webhooks import outbox
from jobs.webhooks.attempts import free_node

logger = logging.getLogger(__name__)

# A folder without a row may belong to an upload that is just being accepted.
_ORPHAN_AGE = timedelta(hours=1)
_AT_ONCE = 500
# A worker that is free takes what waits within a second.
_TAKEN_WITHIN = timedelta(seconds=10)


def recover() -> int:
    """Free the claims whose lease ran out, and wake workers if pages or webhooks wait; the number of claims freed."""
    freed = _free(Q(lease_until__lt=Now()))
    if Job.objects.claimable().exists():
        claims.wake_idle(crew())
    elif outbox.is_due():
        queue.nudge()
    return freed


def recover_node() -> int:
    """The same after all workers of this machine are dead: none of their leases need be waited for."""
    freed = _free(Q(node=node_name()))
    free_node()
    return freed + recover()


def archive_finished(ended_for: timedelta = timedelta(minutes=1)) -> int:
    """Write the `metadata.json` that a death at a job's very end has left out; the number of jobs.

    Only of jobs that have ended so long ago: whoever ended one just now is at it, maybe on another machine.
    """
    ended = Job.objects.finished().stored().filter(archived=False, completed_at__lt=earlier(ended_for))
    late = list(ended[:_AT_ONCE])
    for job in late:
        archive.write_metadata(job)
    return len(late)


def is_stuck() -> bool:
    """Whether no worker of this machine has anything in hand though work waits: more than all machines have hands for,
    or something that nobody has taken for a while."""
    if Claim.objects.filter(node=node_name()).exists() or has_no_room():
        return False
    waiting = Job.objects.claimable()
    left = waiting.order_by().aggregate(left=Sum(F("total_pages") - F("pages_done")))["left"] or 0
    untaken = waiting.filter(created_at__lt=earlier(_TAKEN_WITHIN)).exclude(last_served_at__gte=earlier(_TAKEN_WITHIN))
    return left > 2 * crew() or untaken.exists()


def remove_orphans() -> int:
    """Remove the folders that belong to no job: of an upload or a deletion that was killed midway; how many."""
    storage.discard_unfinished(clock.read() - _ORPHAN_AGE)
    removed = orphans()
    for job_id in removed:
        storage.discard_folder(job_id)
    return len(removed)


def orphans() -> list[str]:
    """The folders that belong to no job, are no upload that is just being accepted, and can't be restored.

    A finished job's folder without a row means that the database was lost: `restore_jobs` makes the row again. (A purge
    or deletion that was killed has its row still.)
    """
    found = list(storage.folders())
    oldest = clock.read() - _ORPHAN_AGE
    unknown: list[str] = []
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        known = set(Job.objects.stored().filter(job_id__in=some).values_list("job_id", flat=True))
        unknown += (job_id for job_id in some if job_id not in known and storage.is_older_than(job_id, oldest))
    return [job_id for job_id in unknown if not archive.is_archived(job_id)]


def _free(which: Q) -> int:
    freed = 0
    for key in list(Claim.objects.filter(which).values_list("pk", flat=True)):
        freed += _free_one(which & Q(pk=key))
    if freed:
        logger.warning("%d claims of workers that are gone were given back.", freed)
    return freed


@transaction.atomic
def _free_one(which: Q) -> bool:
    claim = Claim.objects.select_for_update().filter(which).first()
    if claim is None:
        return False
    claims.give_back(claim)
    note(claim.job_id, Event.Kind.RECOVERED, f"given back by {claim.node}, whose worker is gone")
    return True
