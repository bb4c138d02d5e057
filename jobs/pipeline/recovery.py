"""Setting right what a death, a lost token or a full disk has left behind. Safe to run anywhere, any time, twice."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from jobs import archive, clock, queue, storage
from jobs.clock import Now
from jobs.limits import limits
from jobs.models import Claim, Event, Job
from jobs.models.event import note
from jobs.node import node_name
from jobs.pipeline import claims
from jobs.webhooks import outbox
from jobs.webhooks.attempts import free_node

logger = logging.getLogger(__name__)

# A folder without a row may belong to an upload that is just being accepted.
_ORPHAN_AGE = timedelta(hours=1)
_AT_ONCE = 500


def recover() -> int:
    """Free the claims whose lease ran out, and wake workers if pages or webhooks wait; the number of claims freed."""
    freed = _free(Q(lease_until__lt=Now()))
    if Job.objects.claimable().exists():
        queue.nudge(limits().workers + 2)
    elif outbox.is_due():
        queue.nudge()
    return freed


def recover_node() -> int:
    """The same after all workers of this machine are dead: none of their leases need be waited for."""
    queue.free_taken_tokens()
    freed = _free(Q(node=node_name()))
    free_node()
    return freed + recover()


def archive_finished() -> int:
    """Write the `metadata.json` that a death at a job's very end has left out; the number of jobs."""
    late = list(Job.objects.finished().stored().filter(archived=False)[:_AT_ONCE])
    for job in late:
        archive.write_metadata(job)
    return len(late)


def is_stuck() -> bool:
    """Whether work waits while no worker of this machine has anything in hand."""
    return Job.objects.claimable().exists() and not Claim.objects.filter(node=node_name()).exists()


def remove_orphans() -> int:
    """Remove the folders that belong to no job: of an upload or a deletion that was killed midway."""
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
