"""The pages and the timeline of a job, as its page in the admin shows them. The texts of the pages are not read."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from jobs.models import Job, Page

MOST = 100


@dataclass(frozen=True)
class PagesShown:
    """Some pages of a job. next is the page number from which on to go on, None at the end; in_order is False where
    the failed pages come first."""

    rows: list[Page]
    total: int
    in_order: bool
    next: int | None

    @property
    def is_all(self) -> bool:
        return len(self.rows) == self.total


def pages_shown(job: Job, from_page: str) -> PagesShown:
    """The pages from number `from_page` on, or when that is no number the failed ones first."""
    pages = job.pages.light().order_by("number")
    total = 0 if job.is_purged else job.total_pages
    if from_page.isascii() and from_page.isdigit():
        return _in_order(pages.filter(number__gte=min(int(from_page), 2**31)), total)
    return _failed_first(pages, total)


def _in_order(pages: QuerySet[Page, Any], total: int) -> PagesShown:
    rows = list(pages[: MOST + 1])
    following = rows[MOST].number if len(rows) > MOST else None
    return PagesShown(rows[:MOST], total, True, following)


def _failed_first(pages: QuerySet[Page, Any], total: int) -> PagesShown:
    failed = list(pages.filter(status=Page.Status.FAILED)[:MOST])
    others = list(pages.exclude(status=Page.Status.FAILED)[: MOST - len(failed)])
    return PagesShown(failed + others, total, not failed, None)
