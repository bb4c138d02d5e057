"""Taking work, keeping it, giving it back. All in short transactions; a claim's key is the fence token.

Rows are locked in one order everywhere, so that nobody waits in a circle, and those that everybody needs for the
shortest time: the claim, its pages, counts that many share, the job.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from jobs import queue
from jobs.clock import Now, later
from jobs.crew import crew
from jobs.engines import VISION
from jobs.input_cache import prefetch
from jobs.limits import limits
from jobs.models import Claim, Event, Job, Page, Turn, tally
from jobs.models.event import note
from jobs.node import node_name
from jobs.pipeline import gate
from jobs.pipeline.outcome import LeaseLost, fail
from jobs.pipeline.turns import next_job
from jobs.room import has_no_room

# What is for the one worker of a machine who drives the vision model; anyone may assemble what it has made.
VISION_PAGES = Q(engine=VISION, pages_done__lt=F("total_pages"))

# What those who convert a page have to know of it.
_PAGE_FIELDS = ("job_id", "number", "attempts", "crashes")

# Each worker that goes on wakes two more: so a few are soon enough for any number of them.
MORE = 2

# A worker that finds a job just taken by others looks at so many jobs before its token is spent.
_LOOKS = 3


def claim_next(among: Q | None = None) -> Claim | None:
    """Take what is next in turn: a range of pages, or a result to assemble; `among` narrows which jobs are looked at.

    `note_taken` belongs to it, when there is time. None when nothing waits, or when the disk is so full that what is
    made could not be saved.
    """
    if has_no_room():
        return None
    left = among or Q()
    for _ in range(_LOOKS):
        job = next_job(left)
        if job is None:
            return None
        if job.pages_done < job.total_pages and limits().workers > 1:
            prefetch(job)  # the others of this machine claim meanwhile, and nobody holds what he can't begin
        with gate.entered():
            claim = _claim_pages(job)
        if claim := claim or claim_result(job.pk):
            return claim
        left &= ~Q(pk=job.pk)  # others are just taking all of it
    return None


def _claim_pages(job: Job) -> Claim | None:
    """Take a range of `job`. Of pages that others are just taking none is waited for."""
    try:
        with transaction.atomic():
            # A share of what is not done yet, claimed or not: those of what is left after the others took theirs would
            # get the smaller the later one comes, and each range has its price.
            pages = _next_range(job, job.total_pages - job.pages_done)
            if not pages:
                return None
            claim = _claimed(job, pages)
    except IntegrityError:
        return None  # deleted meanwhile
    # Not before: a row that all workers change would be held until each one's transaction is over, and of many who come
    # at once each would wait for all before it. Who ends the job from here on finds the claim.
    if _serve(job):
        return claim
    give_back_uncounted(claim)
    return None


def claim_result(job_id: int) -> Claim | None:
    """Take the assembling of the job with that key, if it is due and nobody does it."""
    if not Job.objects.filter(pk=job_id, pages_done=F("total_pages")).exists():
        return None  # nearly always; the row itself is not locked for that
    with transaction.atomic():
        job = Job.objects.select_for_update(no_key=True).filter(pk=job_id).first()
        return _claimed(job, []) if job and _wants_result(job) and _serve(job) else None


def note_taken(claim: Claim) -> None:
    """Note that the owner of what was taken had a turn, and that a job was begun. Nothing else depends on it."""
    job: Job = claim.job
    Turn.objects.note(job.owner_id)
    # Of those who came at once, one has the first page.
    if job.started_at is None and claim.taken and _is_first(job, claim.taken[0]):
        note(job.pk, Event.Kind.CLAIMED, f"by {claim.node}")


def _is_first(job: Job, page: Page) -> bool:
    if not job.options.get("pages"):
        return page.number == 1
    return not job.pages.filter(number__lt=page.number).exists()


def wake_idle(most: int = MORE) -> None:
    """Wake up to `most` workers, where so many have nothing in hand."""
    # One worker has all claims of a vision model's pages that are in flight on its machine.
    busy = Claim.objects.exclude(job__engine=VISION).count()
    queue.nudge(min(most, crew() - busy))


def renew(claim: Claim) -> None:
    """Keep `claim` for another lease. Raises LeaseLost when it is ours no more."""
    now = time.monotonic()
    if not Claim.objects.filter(pk=claim.pk).update(lease_until=_lease_end()):
        raise LeaseLost
    claim.renewed_at = now


def renew_when_due(claim: Claim) -> None:
    """The same, where HEARTBEAT_SECONDS have passed since the last time."""
    if time.monotonic() >= claim.renewed_at + settings.HEARTBEAT_SECONDS:
        renew(claim)


def give_back(claim: Claim) -> None:
    """Let others take what is left of `claim`, however its worker ended.

    The attempt at the page that was begun counts; after MAX_ATTEMPTS it is given up.
    """
    with transaction.atomic():
        Claim.objects.filter(pk=claim.pk).lock()
        # Pages are begun in order: the lowest is the one that the worker was on.
        page = claim.pages.light().order_by("number").first()
        if page and page.attempts + 1 >= settings.MAX_ATTEMPTS:
            fail(claim, page, "worker_lost", f"The worker was lost {page.attempts + 1} times while on it.")
        elif page:
            Page.objects.filter(pk=page.pk).update(attempts=F("attempts") + 1)
        give_back_uncounted(claim)


def give_back_uncounted(claim: Claim) -> None:
    """Give back because we have to stop, not because of the page that was begun: its attempt does not count."""
    with transaction.atomic():
        Claim.objects.filter(pk=claim.pk).delete()
        _let_go(claim.pages.all())


def take_more(claim: Claim) -> None:
    """Add more of its job to `claim.taken`, if more waits. Raises LeaseLost."""
    waiting = Page.objects.filter(job=claim.job_id, status=Page.Status.PENDING).count()
    if not waiting:
        return  # nothing is locked for that: all come here at the job's end
    try:
        with transaction.atomic():
            # Each has had a share of the whole, and comes for one of the rest.
            _hold(claim, _next_range(claim.job, waiting))
    except IntegrityError as error:
        raise LeaseLost from error  # its row is gone


def keep(claim: Claim, page: Page) -> None:
    """Keep `claim` beyond its `page`, inside a transaction, or end it with its last one. May raise LeaseLost.

    Mostly nothing is to be done: that the page is still in the claim tells whoever saves it that the lease holds.
    """
    if page.pk == claim.taken[-1].pk:
        _end(claim)
    else:
        renew_when_due(claim)


def end(claim: Claim, page: Page) -> None:
    """End `claim` with its `page`, inside a transaction: the others that it has are free. Raises LeaseLost."""
    _end(claim)
    _let_go(claim.pages.exclude(pk=page.pk))


def _next_range(job: Job, to_share: int) -> list[Page]:
    """The lowest waiting pages, as many as take about RANGE_SECONDS, and no more than one worker's part of `to_share`.

    A page that was begun before comes alone.
    """
    pages: list[Page] = []
    waiting = job.pages.only(*_PAGE_FIELDS).select_for_update(skip_locked=True).filter(status=Page.Status.PENDING)
    for page in waiting.order_by("number")[: _range_length(job, to_share)]:
        if pages and (page.attempts or pages[-1].attempts):
            break
        pages.append(page)
    return pages


def _range_length(job: Job, to_share: int) -> int:
    speed = job.seconds_per_page or tally.seconds_per_page(job.engine)
    if not speed or job.engine == VISION:
        return 1
    # Nobody shall take what would keep the others busy too; what does not divide evenly goes to who is through first.
    return max(1, min(int(settings.RANGE_SECONDS / speed), to_share // crew(), 100))


def _wants_result(job: Job) -> bool:
    return not job.is_finished and job.pages_done == job.total_pages and not job.claims.exists()


def _claimed(job: Job, pages: list[Page]) -> Claim:
    """Take `pages` of `job`, or its result, inside of a transaction."""
    now = time.monotonic()
    claim = Claim.objects.create(
        job=job,
        kind=Claim.Kind.PAGES if pages else Claim.Kind.RESULT,
        node=node_name(),
        claimed_at=Now(),
        lease_until=_lease_end(),
    )
    claim.taken, claim.renewed_at = [], now
    _hold(claim, pages)
    return claim


def _serve(job: Job) -> bool:
    """Note that `job` is worked on; False when it was cancelled, finished or deleted meanwhile."""
    return Job.objects.filter(pk=job.pk).move(
        Job.Status.PROCESSING, started_at=Coalesce("started_at", Now()), last_served_at=Now()
    )


def _end(claim: Claim) -> None:
    if not Claim.objects.filter(pk=claim.pk).delete()[0]:
        raise LeaseLost


def _let_go(pages: "QuerySet[Page]") -> None:
    """Let others take pages of a claim that was ended, and wake some for them."""
    if pages.update(status=Page.Status.PENDING, claim=None):
        queue.nudge(MORE)


def _hold(claim: Claim, pages: list[Page]) -> None:
    claim.taken += pages
    Page.objects.filter(pk__in=[page.pk for page in pages]).update(status=Page.Status.PROCESSING, claim=claim)


def _lease_end() -> CombinedExpression:
    return later(timedelta(seconds=settings.LEASE_SECONDS))
