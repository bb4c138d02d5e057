"""What a worker does: take what is next in turn, and do it."""

import time
from collections.abc import Callable
from enum import IntEnum
from functools import cache

from jobs import logs, queue
from jobs.engines import VISION
from jobs.models import Claim
from jobs.pipeline import claims, wheel
from jobs.pipeline.assembly import assemble
from jobs.pipeline.conversion import convert
from jobs.pipeline.driving import drive
from jobs.pipeline.finishing import finish, guarded

_PASS_ON_S = 0.2


class Turn(IntEnum):
    """What came of a token."""

    IDLE = 0
    """Nothing waits."""
    WORKED = 1
    FINISHED = 2
    """A job's last step was done."""


def advance(meanwhile: Callable[[], None] = lambda: None) -> Turn:
    """Do one claim's work; if there is some, `meanwhile` is called once, soon, while somebody else works for us.

    Raises nothing that a page or a lost lease can cause.
    """
    try:
        return _pass_on() if queue.is_draining() else _advance(meanwhile)
    finally:
        if queue.is_draining():
            queue.nudge()  # somebody else has to go on with what was given back


def _pass_on() -> Turn:
    """Let another cluster have the token. Ours, which stops, might take it again for up to a second."""
    time.sleep(_PASS_ON_S)
    return Turn.IDLE


def _advance(meanwhile: Callable[[], None]) -> Turn:
    driven = None
    with wheel.tried() as is_ours:
        claim = claims.claim_next(None if is_ours else ~claims.VISION_PAGES)
        if claim is not None and claim.kind == Claim.Kind.PAGES and claim.job.engine == VISION:
            queue.nudge(claims.MORE)
            meanwhile()
            driven = drive(claim)
    # Now that the wheel is free: the tokens that came meanwhile have passed over what waits for it.
    if claim is None:
        return Turn.IDLE
    if driven is None:
        return _work(claim, meanwhile)
    if not driven.in_trouble:
        queue.nudge(claims.MORE)
    return Turn.FINISHED if driven.finished else Turn.WORKED


def _work(claim: Claim, meanwhile: Callable[[], None]) -> Turn:
    @cache
    def rest() -> None:
        claims.note_taken(claim)
        meanwhile()

    token = logs.job_id.set(claim.job.job_id)
    try:
        if claim.kind == Claim.Kind.RESULT:
            rest()
            finished = guarded(assemble, claim)
        else:
            guarded(lambda claim: convert(claim, rest), claim)
            rest()  # where it came to no page
            finished = finish(claim.job_id)
        return Turn.FINISHED if finished else Turn.WORKED
    finally:
        logs.job_id.reset(token)
