"""How the pages of a job make its result."""

import re
from collections.abc import Iterator

from jobs.engines import joining
from jobs.models import Job, Page

# So many pages are in memory at a time.
_PAGES_AT_ONCE = 20
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!&])")


def pieces(job: Job) -> Iterator[str]:
    """The result, piece by piece: the pages joined to one document, or each behind its divider where the job's options
    say `page_breaks`."""
    levels = joining.scale(job.pages.values_list("seams", flat=True).iterator(chunk_size=_PAGES_AT_ONCE))
    divider = page_divider if job.options.get("page_breaks") else None
    return joining.joined(_pages(job), levels, divider)


def page_divider(number: int) -> str:
    """What stands before page `number` in a result with page breaks."""
    return f"<!-- page {number} -->"


def page_markdown(page: Page) -> str:
    """The page's Markdown, or a visible mark where it could not be converted."""
    if page.status == Page.Status.FAILED:
        reason = _MARKUP.sub(r"\\\1", " ".join(page.error.split()))
        return f"> **Page {page.number} could not be converted.** {reason}"
    return page.markdown


def _pages(job: Job) -> Iterator[tuple[int, str, joining.Seams]]:
    before = 0
    for page in job.pages.defer("blocks").order_by("number").iterator(chunk_size=_PAGES_AT_ONCE):
        # A paragraph can't go on from a page to one that is not the next.
        seams = page.seams if page.number == before + 1 else {**page.seams, "first": {}}
        before = page.number
        yield page.number, page_markdown(page), seams if page.status == Page.Status.DONE else {}
