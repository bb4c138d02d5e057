"""Clean up storage: shows what would go and asks, then does it and says what it did."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jobs import services
from jobs.admin import words
from jobs.models import Job
from jobs.pipeline import recovery
from jobs.services.retention import Due, Report

logger = logging.getLogger(__name__)

_MOST_SHOWN = 100


@dataclass(frozen=True)
class Group:
    """The jobs that go for the same reason."""

    reason: str
    jobs: int
    bytes: int


@dataclass(frozen=True)
class Preview:
    """What a clean-up would do now. shown are the first jobs, unfinished the removals that a death broke off."""

    report: Report
    groups: list[Group]
    shown: list[Due]
    orphans: list[str]
    unfinished: int

    @property
    def is_empty(self) -> bool:
        return not (self.report.due or self.orphans or self.unfinished)

    @property
    def not_shown(self) -> int:
        return len(self.report.due) - len(self.shown)


def preview() -> Preview:
    """Look, and touch nothing."""
    report = services.plan()
    shown = report.due[:_MOST_SHOWN]
    prefetch_related_objects([due.job for due in shown], "owner")
    unfinished = Job.objects.filter(removal__isnull=False).count()
    return Preview(report, _groups(report.due), shown, recovery.orphans(), unfinished)


def clean_up(request: HttpRequest) -> None:
    """Do it, and tell the one who asked."""
    try:
        report = services.purge()
        orphans = recovery.remove_orphans()
    except OSError:
        logger.exception("The clean-up broke off.")
        messages.error(
            request, _("The storage refused to remove a file; see the log. The next clean-up goes on there.")
        )
        return
    messages.success(request, _said(report, orphans))


def _said(report: Report, orphans: int) -> str:
    parts = [
        _("%(jobs)s purged, %(size)s freed.")
        % {"jobs": words.jobs(len(report.due)), "size": filesizeformat(report.bytes)},
        ngettext("%(n)s orphaned folder removed.", "%(n)s orphaned folders removed.", orphans) % {"n": orphans},
    ]
    if report.finished:
        parts.append(_finished(report.finished))
    return " ".join(parts)


def _finished(removals: int) -> str:
    text = ngettext(
        "%(n)s removal finished that had broken off.",
        "%(n)s removals finished that had broken off.",
        removals,
    )
    return text % {"n": removals}


def _groups(due: Iterable[Due]) -> list[Group]:
    groups: dict[str, Group] = {}
    for one in due:
        so_far = groups.get(one.reason, Group(one.reason, 0, 0))
        groups[one.reason] = Group(one.reason, so_far.jobs + 1, so_far.bytes + one.bytes)
    return list(groups.values())
