"""Driving a vision model: one worker of a machine has several pages in flight, and waits for their answers.

Each page in flight is a claim of its own, with lease, fence and attempts like any other. Database and sandbox are used
in this thread alone; only HTTP happens elsewhere (see `jobs.engines.vision.client`).
"""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError

from jobs import logs, queue
from jobs.endpoint import NEEDED, endpoint
from jobs.engines import VISION, Markdown, Picture
from jobs.engines.pictures import BadPicture
from jobs.engines.sandbox import SandboxFailure
from jobs.engines.vision import Answer, Endpoint, Question, Sheet, VisionFailure, composing, presets
from jobs.engines.vision.composing import Cut
from jobs.input_cache import InputLost
from jobs.limits import limits
from jobs.models import Claim, Job, Page
from jobs.pipeline import claims
from jobs.pipeline.conversion import ask_sandbox, fetched
from jobs.pipeline.finishing import finish, guarded
from jobs.pipeline.outcome import Drained, LeaseLost
from jobs.pipeline.saving import save_done, save_failure

logger = logging.getLogger(__name__)

_TICK_S = 0.1
_LOOK_S = 1.0  # how often a driver with room looks for more pages


class Driven(NamedTuple):
    """What came of a drive: whether a job was finished, and whether the machine gave trouble."""

    finished: bool
    in_trouble: bool


def drive(first: Claim) -> Driven:
    """Have the model read the page of `first`, and all that wait for it, for DRIVE_SECONDS or until none is left.

    Call it only while the wheel is ours. Raises nothing that a page, an endpoint or a lost lease can cause.
    """
    there = endpoint()
    if there is None:
        reason = f"No vision endpoint is set any more: the operator must set {' and '.join(NEEDED)}."
        guarded(lambda claim: _fail_all(claim, "vision", reason), first)
        return Driven(finish(first.job_id), False)
    driver = _Driver(there)
    try:
        driver.run(first)
    except (OSError, DatabaseError):
        # Pages in flight are free for others when their leases run out.
        logger.exception("The vision model's driver had to stop.")
        return Driven(driver.finished, True)
    finally:
        driver.close()
    return Driven(driver.finished, driver.in_trouble)


@dataclass
class _Flight:
    """A page on its way. There is no sheet and no answer to come while it is still drawn."""

    claim: Claim
    page: Page
    began: float = field(default_factory=time.monotonic)
    sheet: Sheet | None = None
    answer: "Future[Answer] | None" = None

    @property
    def job(self) -> Job:
        job: Job = self.claim.job
        return job


class _Driver:
    def __init__(self, there: Endpoint) -> None:
        self.finished = self.in_trouble = False
        self._endpoint = there
        self._preset = presets.preset(there.model, there.preset)
        # Loaded when the first page needs it: most servers have no vision model.
        self._desk = import_module("jobs.engines.vision.client").Desk(there)
        self._flights: list[_Flight] = []
        # A single worker has other jobs to see to as well.
        seconds = settings.DRIVE_SECONDS if limits().workers > 1 else settings.RANGE_SECONDS
        self._takes_until = time.monotonic() + seconds
        self._look_at = self._beat_at = 0.0

    def run(self, first: Claim) -> None:
        """Raises OSError and DatabaseError."""
        try:
            self._start(first)
            while (took := self._take()) or self._flights:
                self._look_after()
                self._land(0 if took else _TICK_S)
        except Drained:
            for flight in self._flights:
                self._drop(flight)
                claims.give_back_uncounted(flight.claim)

    def close(self) -> None:
        """Drop what is in flight."""
        self._desk.close()

    # --- taking off ---

    def _take(self) -> bool:
        """Start another page if there is room and one waits; whether one did."""
        now = time.monotonic()
        is_full = len(self._flights) >= self._endpoint.concurrency
        if is_full or now > self._takes_until or now < self._look_at or self.in_trouble or queue.is_draining():
            return False
        claim = claims.claim_next(claims.VISION_PAGES)
        if claim is None:
            self._look_at = now + _LOOK_S
            return False
        self._start(claim)
        return True

    def _start(self, claim: Claim) -> None:
        claims.note_taken(claim)
        flight = _Flight(claim, claim.taken[0])
        self._flights.append(flight)
        self._carefully(flight, self._launch)
        if flight.answer is None and flight in self._flights:
            self._flights.remove(flight)

    def _launch(self, flight: _Flight) -> None:
        """Have the page drawn, and ask the model about it."""
        try:
            drawn = self._ask_sandbox(flight, dpi=self._endpoint.dpi, longest=self._preset.longest)
        except InputLost as lost:
            self._fail(flight, "input_lost", str(lost))
            return
        except SandboxFailure as failure:
            self._fail(flight, failure.code, failure.reason)
            return
        width, height = drawn["frame"]
        flight.sheet = Sheet(flight.page.number, width, height, tuple(drawn["pixels"]), drawn["turned"])
        if drawn["is_blank"]:
            self._save(flight, composing.blank(flight.sheet))
            return
        prompt = presets.asked(self._preset, flight.job.prompt)
        flight.answer = self._desk.ask(Question(prompt, drawn["picture"], dict(self._preset.extra)))

    def _ask_sandbox(self, flight: _Flight, **request: Any) -> dict[str, Any]:
        """Raises SandboxFailure, LeaseLost and Drained."""
        with fetched(flight.claim) as path:
            about = {"path": path, "password": flight.job.password, "number": flight.page.number, **request}
            return ask_sandbox(VISION, about, lambda: self._look_after(flight))

    # --- in flight ---

    def _look_after(self, busy_with: _Flight | None = None) -> None:
        """Renew the leases, drop what is ours no more. Raises Drained, and LeaseLost for the page we are busy with."""
        now = time.monotonic()
        if queue.must_stop():
            raise Drained
        if now >= self._beat_at:
            self._beat_at = now + settings.HEARTBEAT_SECONDS
            for flight in list(self._flights):
                self._renew(flight, busy_with)

    def _renew(self, flight: _Flight, busy_with: _Flight | None) -> None:
        try:
            claims.renew(flight.claim)
        except LeaseLost:
            if flight is busy_with:
                raise
            with _telling(flight):
                logger.info("Stopped: cancelled, deleted, or taken over by another worker.")
            self._drop(flight)
            self._flights.remove(flight)

    @staticmethod
    def _drop(flight: _Flight) -> None:
        if flight.answer is not None:
            flight.answer.cancel()

    # --- landing ---

    def _land(self, wait_s: float) -> None:
        """Save the answers that are there; waits for one for so many seconds."""
        flying = {flight.answer: flight for flight in self._flights if flight.answer is not None}
        if not flying:
            return
        for answer in wait(flying, wait_s, FIRST_COMPLETED).done:
            self._carefully(flying[answer], self._arrive)
            if flying[answer] in self._flights:
                self._flights.remove(flying[answer])

    def _arrive(self, flight: _Flight) -> None:
        if flight.answer is None or flight.sheet is None:
            raise TypeError("a page arrived that was never asked about")
        try:
            answer = flight.answer.result()
            reading = composing.read(answer, flight.sheet, self._preset, keep_furniture=_keeps_furniture(flight.job))
        except VisionFailure as failure:
            self._fail(flight, failure.code, failure.reason)
            return
        cut = self._cut(flight, reading)
        self._save(flight, composing.markdown(reading, flight.sheet, cut, answer.usage))

    def _cut(self, flight: _Flight, reading: composing.Reading) -> Cut:
        """The pictures of the page, where the job wants them."""
        places = reading.pictures() if flight.job.options.get("images") else {}
        if not places or flight.sheet is None:
            return Cut()
        try:
            found = self._ask_sandbox(flight, boxes=list(places.values()), turned=flight.sheet.turned)
        except (SandboxFailure, InputLost) as failure:
            reason = failure.reason if isinstance(failure, SandboxFailure) else str(failure)
            return Cut(warnings=[f"Page {flight.page.number}: its pictures could not be cut out. {reason}"])
        names = dict(zip(places, found["names"], strict=True))
        return Cut(names, [Picture(**picture) for picture in found["pictures"]], found["warnings"])

    def _save(self, flight: _Flight, markdown: Markdown) -> None:
        seconds = time.monotonic() - flight.began
        try:
            save_done(flight.claim, flight.page, {**asdict(markdown), "seconds": seconds}, goes_on=False)
        except BadPicture as error:
            self._fail(flight, "engine", str(error))
        else:
            self._finish(flight)

    def _fail(self, flight: _Flight, code: str, reason: str) -> None:
        given_up = save_failure(flight.claim, flight.page, code, reason, goes_on=False)
        logger.warning("Page %d: %s (%s).", flight.page.number, code, "given up" if given_up else "tried once more")
        self._finish(flight)

    def _finish(self, flight: _Flight) -> None:
        self._flights.remove(flight)
        self.finished |= finish(flight.claim.job_id)

    def _carefully(self, flight: _Flight, work: Callable[[_Flight], None]) -> None:
        """Do `work`; a lost lease ends the flight, trouble with the machine the drive. Raises Drained."""
        drained: list[Drained] = []

        def attempt(_: Claim) -> None:
            try:
                work(flight)
            except LeaseLost:
                logger.info("Stopped: cancelled, deleted, or taken over by another worker.")
            except Drained as stop:
                drained.append(stop)

        with _telling(flight):
            self.in_trouble |= not guarded(attempt, flight.claim)
        if drained:
            raise drained[0]


@contextmanager
def _telling(flight: _Flight) -> Iterator[None]:
    """Log lines name the flight's job."""
    token = logs.job_id.set(flight.job.job_id)
    try:
        yield
    finally:
        logs.job_id.reset(token)


def _keeps_furniture(job: Job) -> bool:
    return bool(job.options.get("page_furniture") == "keep")


def _fail_all(claim: Claim, code: str, reason: str) -> None:
    for page in claim.pages.light():
        save_failure(claim, page, code, reason, goes_on=False)
