"""Taking work, keeping it, giving it back. All in short transactions; a claim's key is the fence token."""

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
from jobs.models import Claim, Event, Job, Page, Turn
from jobs.models.event import note
from jobs.node import node_name
from jobs.pipeline.outcome import LeaseLost, fail
from jobs.pipeline.turns import next_job
from jobs.room import has_no_room

# Others may have taken what is next in turn while we waited for it; then it is another's turn.
_LOOKS = 3

# What is for the one worker of a machine who drives the vision model; anyone may assemble what it has made.
VISION_PAGES = Q(engine=VISION, pages_done__lt=F("total_pages"))


def claim_next(among: Q | None = None) -> Claim | None:
    """Take what is next in turn: a range of pages, or a result to assemble; `among` narrows which jobs are looked at.

    None when nothing waits, or when the disk is so full that what is made could not be saved.
    """
    if has_no_room():
        return None
    for _ in range(_LOOKS):
        with transaction.atomic():
            turn = next_job(among or Q())
            if turn is None:
                return None
            claim = _taken(turn)
        if claim:
            return claim
    return None


def claim_result(job_id: int) -> Claim | None:
    """Take the assembling of the job with that key, if it is due and nobody does it."""
    with transaction.atomic():
        job = _locked(job_id)
        return _claimed(job, []) if job and _wants_result(job) else None


def renew(claim: Claim) -> None:
    """Keep `claim` for another lease. Raises LeaseLost when it is ours no more."""
    if not Claim.objects.filter(pk=claim.pk).update(lease_until=_lease_end()):
        raise LeaseLost


def give_back(claim: Claim) -> None:
    """Let others take what is left of `claim`, however its worker ended.

    The page that was begun keeps its count of attempts; after MAX_ATTEMPTS it is given up.
    """
    with transaction.atomic():
        # Pages are begun in order: the lowest is the one that the worker was on.
        page = claim.pages.light().order_by("number").first()
        if page and page.attempts >= settings.MAX_ATTEMPTS:
            fail(claim, page, "worker_lost", f"The worker was lost {page.attempts} times while on it.")
        Page.objects.filter(claim=claim).update(status=Page.Status.PENDING, claim=None)
        Claim.objects.filter(pk=claim.pk).delete()


def give_back_uncounted(claim: Claim) -> None:
    """Give back because we have to stop, not because of the page that was begun: its attempt does not count."""
    with transaction.atomic():
        begun = claim.pages.order_by("number").values("pk")[:1]
        Page.objects.filter(pk__in=begun).update(attempts=F("attempts") - 1)
        give_back(claim)


def _locked(key: int) -> Job | None:
    # Waited for, not passed over: of one large document all workers want the next pages, and none shall idle for that.
    # Not the key: rows that point at the job may come meanwhile.
    return Job.objects.select_for_update(no_key=True).filter(pk=key).first()


def _taken(key: int) -> Claim | None:
    """What there is to do for the job with that key; None when others took it while we waited for the row."""
    job = _locked(key)
    if job is None:
        return None
    pages = _next_range(job)
    return _claimed(job, pages) if pages or _wants_result(job) else None


def _next_range(job: Job) -> list[Page]:
    """The lowest waiting pages, as many as take about RANGE_SECONDS. A page that was begun before comes alone."""
    pages: list[Page] = []
    waiting = job.pages.light().filter(status=Page.Status.PENDING).order_by("number")
    for page in waiting[: _range_length(job)]:
        if pages and (page.attempts or pages[-1].attempts):
            break
        pages.append(page)
    return pages


def _range_length(job: Job) -> int:
    if not job.seconds_per_page or job.engine == VISION:
        return 1
    wanted = settings.RANGE_SECONDS / job.seconds_per_page
    # Towards the end of a document no worker shall take what would keep the others busy too.
    fair_share = math.ceil(job.pages.filter(status=Page.Status.PENDING).count() / crew())
    return max(1, min(int(wanted), fair_share, 100))


def _wants_result(job: Job) -> bool:
    return not job.is_finished and job.pages_done == job.total_pages and not job.claims.exists()


def _claimed(job: Job, pages: list[Page]) -> Claim | None:
    if job.started_at is None:
        note(job.pk, Event.Kind.CLAIMED, f"by {node_name()}")
    if not Job.objects.filter(pk=job.pk).move(
        Job.Status.PROCESSING, started_at=Coalesce("started_at", Now()), last_served_at=Now()
    ):
        return None
    Turn.objects.note(job.owner_id)
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
    return claim


def begin(page: Page | None) -> None:
    """Count an attempt at `page`, in the transaction that leads to it: so one that kills its worker is known."""
    if page:
        Page.objects.filter(pk=page.pk).update(attempts=F("attempts") + 1)


def _lease_end() -> CombinedExpression:
    return later(timedelta(seconds=settings.LEASE_SECONDS))
