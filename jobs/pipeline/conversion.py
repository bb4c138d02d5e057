"""Converting a claimed range, page by page, in this worker's sandbox."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

from jobs import queue, storage
from jobs.engines.pictures import BadPicture
from jobs.engines.sandbox import Sandbox, SandboxFailure
from jobs.limits import limits
from jobs.models import Claim, Job, Page, tally
from jobs.pipeline import claims
from jobs.pipeline.saving import save_done, save_failure

logger = logging.getLogger(__name__)

# One for each engine that this worker process was asked for; idle ones end by themselves.
_sandboxes: dict[str, Sandbox] = {}


class Drained(Exception):
    """The cluster stops, and the running page has had its grace."""


def convert(claim: Claim) -> None:
    """Convert the pages of `claim`; what can't be done in time is given back. Raises LeaseLost."""
    pages = list(claim.pages.light().order_by("number"))
    range_ends = time.monotonic() + settings.RANGE_SECONDS
    with storage.local_path(claim.job.input.name) as path:
        for position, page in enumerate(pages):
            try:
                outcome = _outcome(claim, page, path)
            except Drained:
                claims.give_back_uncounted(claim)
                return
            following = pages[position + 1] if position + 1 < len(pages) and _may_go_on(range_ends) else None
            _save(claim, page, outcome, following)
            if following is None:
                return


def close_sandboxes() -> None:
    """End this process's sandboxes."""
    while _sandboxes:
        _sandboxes.popitem()[1].close()


def _may_go_on(range_ends: float) -> bool:
    return time.monotonic() < range_ends and not queue.is_draining()


def _outcome(claim: Claim, page: Page, path: str) -> dict[str, Any] | SandboxFailure:
    """The sandbox's answer for `page`, or its failure. Raises LeaseLost and Drained, without a sandbox then."""
    job: Job = claim.job
    request = {
        "path": path,
        "password": job.password,
        "number": page.number,
        "options": {**job.options, "prompt": job.prompt},
    }
    try:
        return ask_sandbox(job.engine, request, _watch(claim))
    except SandboxFailure as failure:
        return failure


def ask_sandbox(engine: str, request: dict[str, Any], on_tick: Callable[[], None]) -> dict[str, Any]:
    """The answer of this process's sandbox for `engine` about one page. Raises what the sandbox and on_tick raise."""
    sandbox = _sandbox(engine)
    starts = sandbox.starts
    try:
        return sandbox.request(request, timeout_s=limits().page_seconds, on_tick=on_tick)
    finally:
        if 0 < starts < sandbox.starts:
            tally.add(tally.TallyName.SANDBOX_RESTARTS, engine)


def _save(claim: Claim, page: Page, outcome: dict[str, Any] | SandboxFailure, following: Page | None) -> None:
    if not isinstance(outcome, SandboxFailure):
        try:
            save_done(claim, page, outcome, following)
            return
        except BadPicture as error:
            outcome = SandboxFailure("engine", str(error))
    given_up = save_failure(claim, page, outcome.code, outcome.reason, following)
    logger.warning("Page %d: %s (%s).", page.number, outcome.code, "given up" if given_up else "tried once more")


def _sandbox(engine: str) -> Sandbox:
    if engine not in _sandboxes:
        _sandboxes[engine] = Sandbox(
            memory_mb=limits().page_memory_mb,
            engine=engine,
            environment=settings.SANDBOX_ENVIRONMENT,
            extra_engines=settings.EXTRA_ENGINES,
        )
    return _sandboxes[engine]


def _watch(claim: Claim) -> Callable[[], None]:
    """What a worker looks at while a page is converted: is the claim still ours, and must we stop?"""
    next_beat = time.monotonic() + settings.HEARTBEAT_SECONDS
    drain_ends: float | None = None

    def tick() -> None:
        nonlocal next_beat, drain_ends
        now = time.monotonic()
        if now >= next_beat:
            next_beat = now + settings.HEARTBEAT_SECONDS
            claims.renew(claim)
        if queue.is_draining():
            drain_ends = drain_ends or now + settings.DRAIN_SECONDS
            if now >= drain_ends:
                raise Drained

    return tick
