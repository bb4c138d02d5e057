"""Saving a page the moment it is made, and beginning the next one in the same transaction."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from jobs.engines import joining, parts
from jobs.engines.answers import storable
from jobs.engines.pictures import Checked, checked, renamed, renamed_blocks
from jobs.models import Claim, Event, Page, tally
from jobs.models.event import note
from jobs.pipeline import claims, pictures
from jobs.pipeline.keeping import kept
from jobs.pipeline.outcome import LeaseLost, fail, progress, settle

# How much the newest page counts in the moving average of the speed.
_NEWEST_SHARE = 0.3


def save_done(claim: Claim, page: Page, answer: dict[str, Any], following: Page | None) -> None:
    """Save the Markdown of `page` with its pictures, and begin `following`.

    Raises LeaseLost, and BadPicture, and has changed no row then.
    """
    cut = checked(answer["pictures"], page.number)
    try:
        if cut:
            with kept(claim):
                pictures.write(claim, cut)
        known = _save_done(claim, page, answer, cut, following)
    except LeaseLost:
        if cut:
            pictures.withdraw(claim.job)
        raise
    pictures.discard(claim.job, known)


def _save_done(
    claim: Claim, page: Page, answer: dict[str, Any], cut: list[Checked], following: Page | None
) -> dict[str, str]:
    """The pictures that the job had already: the name of each by the one that this page gave it."""
    seconds = float(answer["seconds"])
    usage = answer["usage"]
    with transaction.atomic():
        claims.renew(claim)
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
        _go_on(claim, following)
        tally.add_page(claim.job.engine, seconds)
        speed = Coalesce(F("seconds_per_page") * (1 - _NEWEST_SHARE) + Value(seconds * _NEWEST_SHARE), Value(seconds))
        progress(
            claim.job_id,
            pages_done=F("pages_done") + 1,
            page_bytes=F("page_bytes") + Page(**texts).text_bytes,
            stored_bytes=F("stored_bytes") + pictures.new_bytes(cut, known),
            seconds_per_page=speed,
            prompt_tokens=F("prompt_tokens") + int(usage.get("prompt_tokens", 0)),
            completion_tokens=F("completion_tokens") + int(usage.get("completion_tokens", 0)),
        )
    return known


def save_failure(claim: Claim, page: Page, code: str, reason: str, following: Page | None) -> bool:
    """Note that `page` was seen to fail: it waits for one more try alone, or is given up; True when given up.

    Raises LeaseLost.
    """
    reason = storable(reason)
    with transaction.atomic():
        claims.renew(claim)
        given_up = page.crashes + 1 >= settings.MAX_CRASHES
        if given_up:
            fail(claim, page, code, reason)
        else:
            settle(claim, page, status=Page.Status.PENDING, crashes=F("crashes") + 1)
            note(claim.job_id, Event.Kind.PAGE_TRIED_AGAIN, f"page {page.number}: {reason}")
        _go_on(claim, following)
    return given_up


def _go_on(claim: Claim, following: Page | None) -> None:
    """Begin the next page, or end the claim if nothing is left in it."""
    if following:
        claims.begin(following)
    else:
        claims.give_back(claim)
