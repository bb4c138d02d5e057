"""Converting a claimed range, page by page, in this worker's sandbox."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.conf import settings

from jobs import queue
from jobs.engines.pictures import BadPicture
from jobs.engines.sandbox import Sandbox, SandboxFailure
from jobs.input_cache import InputLost, local_path
from jobs.limits import limits
from jobs.models import Claim, Job, Page, tally
from jobs.pipeline.keeping import kept, watch
from jobs.pipeline.saving import save_done, save_failure

logger = logging.getLogger(__name__)

# One for each engine that this worker process was asked for; idle ones end by themselves.
_sandboxes: dict[str, Sandbox] = {}


def convert(claim: Claim) -> None:
    """Convert the pages of `claim`, and more of its job as long as there is time. Raises LeaseLost, Drained, and
    OSError."""
    with ExitStack() as stack:
        try:
            path = stack.enter_context(fetched(claim))
        except InputLost as lost:
            _save(claim, claim.taken[0], SandboxFailure("input_lost", str(lost)), goes_on=False)
            return
        range_ends = time.monotonic() + settings.RANGE_SECONDS
        for page in claim.taken:  # which grows meanwhile
            outcome = _outcome(claim, page, path)
            goes_on = _may_go_on(range_ends)
            _save(claim, page, outcome, goes_on=goes_on)
            if not goes_on:
                return


@contextmanager
def fetched(claim: Claim) -> Iterator[str]:
    """Where on this machine the PDF of the claim's job is. Raises what `local_path` does, LeaseLost and Drained."""
    with ExitStack() as stack:
        with kept(claim):
            path = stack.enter_context(local_path(claim.job, watch(claim)))
        yield path


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
        return ask_sandbox(job.engine, request, watch(claim))
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


def _save(claim: Claim, page: Page, outcome: dict[str, Any] | SandboxFailure, *, goes_on: bool) -> None:
    if not isinstance(outcome, SandboxFailure):
        try:
            save_done(claim, page, outcome, goes_on=goes_on)
            return
        except BadPicture as error:
            outcome = SandboxFailure("engine", str(error))
    given_up = save_failure(claim, page, outcome.code, outcome.reason, goes_on=goes_on)
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
