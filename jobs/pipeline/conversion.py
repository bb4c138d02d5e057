"""Converting a claimed range, page by page, in this worker's sandbox."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from django.conf import settings

from jobs import queue
from jobs.engines.pictures import BadPicture
from jobs.engines.sandbox import Sandbox, SandboxFailure
from jobs.input_cache import InputLost, local_path
from jobs.limits import limits
from jobs.models import Claim, Job, Page, tally
from jobs.pipeline import claims
from jobs.pipeline.keeping import kept, watch
from jobs.pipeline.saving import save_done, save_failure

logger = logging.getLogger(__name__)

_QUICK_SHARE = 0.25  # of the time of a range
_LONG_S = 0.5  # others need not wait for so long to be woken

# One for each engine that this worker process was asked for; idle ones end by themselves.
_sandboxes: dict[str, Sandbox] = {}


def convert(claim: Claim, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Convert the pages of `claim`, and more of its job as long as there is time.

    `meanwhile` is called, perhaps often, while somebody else works for us: when the first page is made, or before where
    that takes long. Raises LeaseLost, Drained, and OSError.
    """
    with ExitStack() as stack:
        try:
            path = stack.enter_context(fetched(claim, meanwhile))
        except InputLost as lost:
            _save(claim, claim.taken[0], SandboxFailure("input_lost", str(lost)), goes_on=False)
            return
        _Range(claim, path, meanwhile).convert()


class _Range:
    """A claim at work: while the sandbox converts a page, the one before is saved and more is taken."""

    def __init__(self, claim: Claim, path: str, meanwhile: Callable[[], None]) -> None:
        self._claim = claim
        self._path = path
        self._meanwhile = meanwhile
        self._sandbox = _sandbox(claim.job.engine)
        self._ends = time.monotonic() + settings.RANGE_SECONDS

    def convert(self) -> None:
        """Raises LeaseLost and Drained."""
        try:
            self._begin(0)
            self._convert()
        finally:
            self._sandbox.drop()

    def _convert(self) -> None:
        taken = self._claim.taken
        asked_for_more = False
        for place, page in enumerate(taken):  # which grows meanwhile
            outcome = self._outcome(page)
            goes_on = time.monotonic() < self._ends and not queue.is_draining()
            if goes_on and place + 1 == len(taken) and not asked_for_more:
                claims.take_more(self._claim)
            if goes_on and _is_soon_saved(outcome):
                self._begin(place + 1)
            # No sooner: often all workers begin at the same moment, and have enough to do.
            self._meanwhile()
            _save(self._claim, page, outcome, goes_on=goes_on)
            if not goes_on:
                return
            if asked_for_more := place + 2 == len(taken) and self._is_next_quick(outcome):
                claims.take_more(self._claim)

    def _is_next_quick(self, outcome: dict[str, Any] | SandboxFailure) -> bool:
        """Whether the next page is soon over, by the last one: others do not wait long for what is taken after it."""
        if isinstance(outcome, SandboxFailure):
            return False
        seconds = float(outcome["seconds"])
        return seconds < settings.RANGE_SECONDS * _QUICK_SHARE and time.monotonic() + seconds < self._ends

    def _begin(self, place: int) -> None:
        for page in self._claim.taken[place : place + 1]:
            self._sandbox.begin(self._request(page))

    def _outcome(self, page: Page) -> dict[str, Any] | SandboxFailure:
        """The sandbox's answer for `page`, or its failure. Raises LeaseLost and Drained, without a sandbox then."""
        try:
            return ask_sandbox(self._claim.job.engine, self._request(page), _watch(self._claim, self._meanwhile))
        except SandboxFailure as failure:
            return failure

    def _request(self, page: Page) -> dict[str, Any]:
        job: Job = self._claim.job
        options = {**job.options, "prompt": job.prompt}
        return {"path": self._path, "password": job.password, "number": page.number, "options": options}


@contextmanager
def fetched(claim: Claim, meanwhile: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Where on this machine the PDF of the claim's job is; `meanwhile` is called if that takes long.

    Raises what `local_path` does, LeaseLost and Drained.
    """
    look = _watch(claim, meanwhile)
    with ExitStack() as stack:
        with ExitStack() as waiting:
            keep = cache(lambda: waiting.enter_context(kept(claim)))

            def tick() -> None:
                keep()
                look()

            path = stack.enter_context(local_path(claim.job, tick))
        yield path


def _watch(claim: Claim, meanwhile: Callable[[], None]) -> Callable[[], None]:
    """As `watch`; what is called with it calls `meanwhile` too as soon as this takes long."""
    look = watch(claim)
    long = time.monotonic() + _LONG_S

    def tick() -> None:
        look()
        if time.monotonic() > long:
            meanwhile()

    return tick


def close_sandboxes() -> None:
    """End this process's sandboxes."""
    while _sandboxes:
        _sandboxes.popitem()[1].close()


def _is_soon_saved(outcome: dict[str, Any] | SandboxFailure) -> bool:
    """Whether the next page may begin before: nobody looks at its memory while pictures go to a slow storage.

    Nor does the note of a failure wait until a new sandbox has started.
    """
    return not isinstance(outcome, SandboxFailure) and not outcome["pictures"]


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
