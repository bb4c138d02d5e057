"""Taking work, keeping it, giving it back. All in short transactions; a claim's key is the fence token.

Rows are locked in one order everywhere, so that nobody waits in a circle, and those that everybody needs for the
shortest time: the claim, its pages, counts that many share, the job.
"""

import math
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from jobs.clock import Now, later
from jobs.crew import crew
from jobs.engines import VISION
from jobs.models import Claim, Event, Job, Page, Turn, tally
from jobs.models.event import note
from jobs.node import node_name
from jobs.pipeline.outcome import LeaseLost, fail
from jobs.pipeline.turns import next_job
from jobs.room import has_no_room

# What is for the one worker of a machine who drives the vision model; anyone may assemble what it has made.
VISION_PAGES = Q(engine=VISION, pages_done__lt=F("total_pages"))

# A worker that finds a job just taken by others looks at so many jobs before its token is spent.
_LOOKS = 3


class _Finished(Exception):
    """The job was cancelled, finished or deleted while something of it was being taken."""


def claim_next(among: Q | None = None) -> Claim | None:
    """Take what is next in turn: a range of pages, or a result to assemble; `among` narrows which jobs are looked at.

    None when nothing waits, or when the disk is so full that what is made could not be saved.
    """
    if has_no_room():
        return None
    left = among or Q()
    for _ in range(_LOOKS):
        turn = next_job(left)
        if turn is None:
            return None
        if claim := _claim_pages(turn) or claim_result(turn):
            return claim
        left &= ~Q(pk=turn)  # others are just taking all of it
    return None


def _claim_pages(job_id: int) -> Claim | None:
    """Take a range of the job with that key. Of pages that others are just taking none is waited for."""
    try:
        with transaction.atomic():
            job = Job.objects.filter(pk=job_id).first()
            pages = _next_range(job) if job else []
            return _claimed(job, pages) if job and pages else None
    except _Finished:
        return None


def claim_result(job_id: int) -> Claim | None:
    """Take the assembling of the job with that key, if it is due and nobody does it."""
    if not Job.objects.filter(pk=job_id, pages_done=F("total_pages")).exists():
        return None  # nearly always; the row itself is not locked for that
    try:
        with transaction.atomic():
            job = Job.objects.select_for_update(no_key=True).filter(pk=job_id).first()
            return _claimed(job, []) if job and _wants_result(job) else None
    except _Finished:
        return None


def renew(claim: Claim) -> None:
    """Keep `claim` for another lease. Raises LeaseLost when it is ours no more."""
    if not Claim.objects.filter(pk=claim.pk).update(lease_until=_lease_end()):
        raise LeaseLost


def give_back(claim: Claim) -> None:
    """Let others take what is left of `claim`, however its worker ended.

    The page that was begun keeps its count of attempts; after MAX_ATTEMPTS it is given up.
    """
    with transaction.atomic():
        Claim.objects.filter(pk=claim.pk).lock()
        # Pages are begun in order: the lowest is the one that the worker was on.
        page = claim.pages.light().order_by("number").first()
        if page and page.attempts >= settings.MAX_ATTEMPTS:
            fail(claim, page, "worker_lost", f"The worker was lost {page.attempts} times while on it.")
        Page.objects.filter(claim=claim).update(status=Page.Status.PENDING, claim=None)
        Claim.objects.filter(pk=claim.pk).delete()


def give_back_uncounted(claim: Claim) -> None:
    """Give back because we have to stop, not because of the page that was begun: its attempt does not count."""
    with transaction.atomic():
        Claim.objects.filter(pk=claim.pk).lock()
        begun = claim.pages.order_by("number").values("pk")[:1]
        Page.objects.filter(pk__in=begun).update(attempts=F("attempts") - 1)
        give_back(claim)


def _next_range(job: Job) -> list[Page]:
    """The lowest waiting pages, as many as take about RANGE_SECONDS. A page that was begun before comes alone."""
    pages: list[Page] = []
    waiting = job.pages.light().select_for_update(skip_locked=True).filter(status=Page.Status.PENDING)
    for page in waiting.order_by("number")[: _range_length(job)]:
        if pages and (page.attempts or pages[-1].attempts):
            break
        pages.append(page)
    return pages


def _range_length(job: Job) -> int:
    speed = job.seconds_per_page or tally.seconds_per_page(job.engine)
    if not speed or job.engine == VISION:
        return 1
    wanted = settings.RANGE_SECONDS / speed
    # Nobody shall take what would keep the others busy too. Of what is not done yet, claimed or not: shares of what is
    # left after the others took theirs would get the smaller the later one comes, and each range has its price.
    fair_share = math.ceil((job.total_pages - job.pages_done) / crew())
    return max(1, min(int(wanted), fair_share, 100))


def _wants_result(job: Job) -> bool:
    return not job.is_finished and job.pages_done == job.total_pages and not job.claims.exists()


def _claimed(job: Job, pages: list[Page]) -> Claim:
    """Take `pages` of `job`, or its result. Raises _Finished, inside of a transaction."""
    if job.started_at is None:
        note(job.pk, Event.Kind.CLAIMED, f"by {node_name()}")
    claim = Claim.objects.create(
        job=job,
        kind=Claim.Kind.PAGES if pages else Claim.Kind.RESULT,
        node=node_name(),
        claimed_at=Now(),
        lease_until=_lease_end(),
    )
    keys = [page.pk for page in pages]
    Page.objects.filter(pk__in=keys).update(status=Page.Status.PROCESSING, claim=claim)
    begin(pages[0] if pages else None)
    # Last, what all workers change: others wait for these rows until the transaction is over.
    Turn.objects.note(job.owner_id)
    if not Job.objects.filter(pk=job.pk).move(
        Job.Status.PROCESSING, started_at=Coalesce("started_at", Now()), last_served_at=Now()
    ):
        raise _Finished
    return claim


def begin(page: Page | None) -> None:
    """Count an attempt at `page`, in the transaction that leads to it: so one that kills its worker is known."""
    if page:
        Page.objects.filter(pk=page.pk).update(attempts=F("attempts") + 1)


def _lease_end() -> CombinedExpression:
    return later(timedelta(seconds=settings.LEASE_SECONDS))
