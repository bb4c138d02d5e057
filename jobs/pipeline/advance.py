"""What a worker does with one token: take what is next in turn, do it, see that the next token is on its way."""

import time
from enum import IntEnum

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


def advance() -> Turn:
    """Do one claim's work. Raises nothing that a page or a lost lease can cause."""
    if queue.is_draining():
        return _pass_on()
    try:
        return _advance()
    finally:
        if queue.is_draining():
            queue.nudge()  # somebody else has to go on with what was given back


def _pass_on() -> Turn:
    """Let another cluster have the token. Ours, which stops, might take it again for up to a second."""
    time.sleep(_PASS_ON_S)
    queue.nudge()
    return Turn.IDLE


def _advance() -> Turn:
    driven = None
    with wheel.tried() as is_ours:
        claim = claims.claim_next(None if is_ours else ~claims.VISION_PAGES)
        if claim is not None and claim.kind == Claim.Kind.PAGES and claim.job.engine == VISION:
            queue.nudge(claims.MORE)
            driven = drive(claim)
    # Now that the wheel is free: the tokens that came meanwhile have passed over what waits for it.
    if claim is None:
        return Turn.IDLE
    if driven is None:
        queue.nudge(claims.MORE)
        return _work(claim)
    if not driven.in_trouble:
        queue.nudge(claims.MORE)
    return Turn.FINISHED if driven.finished else Turn.WORKED


def _work(claim: Claim) -> Turn:
    token = logs.job_id.set(claim.job.job_id)
    try:
        if claim.kind == Claim.Kind.RESULT:
            finished = guarded(assemble, claim)
        else:
            guarded(convert, claim)
            finished = finish(claim.job_id)
        return Turn.FINISHED if finished else Turn.WORKED
    finally:
        logs.job_id.reset(token)
