"""Setting right what a death, a lost token or a full disk has left behind. Safe to run anywhere, any time, twice."""

import logging
import time

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jobs import queue, storage
from jobs.limits import limits
from jobs.models import Claim, Job
from jobs.node import node_name
from jobs.pipeline import claims

logger = logging.getLogger(__name__)

# A folder without a row may belong to an upload that is just being accepted.
_ORPHAN_AGE_S = 3600


def recover() -> int:
    """Free the claims whose lease ran out and wake workers if something waits; the number of claims freed."""
    freed = _free(Q(lease_until__lt=timezone.now()))
    if Job.objects.claimable().exists():
        queue.nudge(limits().workers + 2)
    return freed


def recover_node() -> int:
    """The same after all workers of this machine are dead: none of their leases need be waited for."""
    queue.free_taken_tokens()
    freed = _free(Q(node=node_name()))
    return freed + recover()


def is_stuck() -> bool:
    """Whether work waits while no worker of this machine has anything in hand."""
    return Job.objects.claimable().exists() and not Claim.objects.filter(node=node_name()).exists()


def remove_orphans() -> int:
    """Remove the folders that belong to no job: of an upload or a deletion that was killed midway."""
    old = list(storage.folders_older_than(time.time() - _ORPHAN_AGE_S))
    removed = 0
    for start in range(0, len(old), 500):
        some = old[start : start + 500]
        known = set(Job.objects.filter(job_id__in=some).values_list("job_id", flat=True))
        for job_id in set(some) - known:
            storage.discard_folder(job_id)
            removed += 1
    return removed


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
    return True
