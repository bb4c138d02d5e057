"""Saving what became of a page the moment it is known."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from jobs import queue
from jobs.engines import joining, parts
from jobs.engines.answers import storable
from jobs.engines.pictures import Checked, checked, renamed, renamed_blocks
from jobs.models import Claim, Event, Job, Page, tally
from jobs.models.event import note
from jobs.pipeline import claims, pictures
from jobs.pipeline.keeping import kept
from jobs.pipeline.outcome import LeaseLost, fail, progress, settle

# How much the newest page counts in the moving average of the speed.
_NEWEST_SHARE = 0.3


def save_done(claim: Claim, page: Page, answer: dict[str, Any], *, goes_on: bool) -> None:
    """Save the Markdown of `page` with its pictures; if `goes_on`, the claim stays for what comes after it.

    Raises LeaseLost, and BadPicture, and has changed no row then.
    """
    cut = checked(answer["pictures"], page.number)
    try:
        if cut:
            with kept(claim):
                pictures.write(claim, cut)
        known = _save_done(claim, page, answer, cut, goes_on)
    except LeaseLost:
        if cut:
            pictures.withdraw(claim.job)
        raise
    pictures.discard(claim.job, known)


def _save_done(claim: Claim, page: Page, answer: dict[str, Any], cut: list[Checked], goes_on: bool) -> dict[str, str]:
    """The pictures that the job had already: the name of each by the one that this page gave it."""
    seconds = float(answer["seconds"])
    usage = answer["usage"]
    with transaction.atomic():
        _keep_or_end(claim, page, goes_on)
        known = pictures.note(claim.job_id, cut)
        # Places in the text stay true: all names are of one length.
        markdown: str = renamed(storable(str(answer["text"])), known)
        texts = {
            "markdown": markdown,
            "seams": joining.sound(storable(answer["seams"]), markdown),
            "blocks": renamed_blocks(parts.sound(storable(answer["blocks"]), markdown), known),
            "frame": parts.sound_frame(answer["frame"]),
        }
        settle(
            claim,
            page,
            status=Page.Status.DONE,
            **texts,
            source=str(answer["source"])[:8],
            warnings=[storable(str(warning)) for warning in answer["warnings"]],
            seconds=seconds,
        )
        tally.add_page(claim.job.engine, seconds)
        grown = {
            "pages_done": 1,
            "page_bytes": Page(**texts).text_bytes,
            "stored_bytes": pictures.new_bytes(cut, known),
            "prompt_tokens": int(usage.get("prompt_tokens", 0)),
            "completion_tokens": int(usage.get("completion_tokens", 0)),
        }
        sums = {name: F(name) + more for name, more in grown.items() if more}
        progress(claim.job_id, seconds_per_page=_speed(claim.job, seconds), **sums)
    return known


def _speed(job: Job, seconds: float) -> float:
    """The moving average of a page's seconds, as the worker sees it whose job this is."""
    known = seconds if job.seconds_per_page is None else job.seconds_per_page
    job.seconds_per_page = known + (seconds - known) * _NEWEST_SHARE
    return job.seconds_per_page


def save_failure(claim: Claim, page: Page, code: str, reason: str, *, goes_on: bool) -> bool:
    """Note that `page` was seen to fail: it waits for one more try alone, or is given up; True when given up.

    If `goes_on`, the claim stays for what comes after it.
    Raises LeaseLost.
    """
    reason = storable(reason)
    with transaction.atomic():
        _keep_or_end(claim, page, goes_on)
        given_up = page.crashes + 1 >= settings.MAX_CRASHES
        if given_up:
            fail(claim, page, code, reason)
        else:
            settle(claim, page, status=Page.Status.PENDING, crashes=F("crashes") + 1)
            queue.nudge()
            note(claim.job_id, Event.Kind.PAGE_TRIED_AGAIN, f"page {page.number}: {reason}")
    return given_up


def _keep_or_end(claim: Claim, page: Page, goes_on: bool) -> None:
    """First of all that is saved, as everywhere (see `claims`). Raises LeaseLost."""
    if goes_on:
        claims.keep(claim, page)
    else:
        claims.end(claim, page)
