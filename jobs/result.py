"""How the pages of a job make its result."""

import re
from collections.abc import Iterator

from jobs.models import Job, Page

# So many pages are in memory at a time.
_PAGES_AT_ONCE = 20
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|!&])")


def parts(job: Job) -> Iterator[tuple[Page, bytes, bytes]]:
    """For each page in order what stands before it in the result, and what stands for it."""
    breaks = job.options.get("page_breaks")
    for page in job.pages.order_by("number").iterator(chunk_size=_PAGES_AT_ONCE):
        text = page_markdown(page)
        before = f"<!-- page {page.number} -->\n\n" if breaks else ""
        yield page, before.encode(), f"{text}\n\n".encode() if text else b""


def page_markdown(page: Page) -> str:
    """The page's Markdown, or a visible mark where it could not be converted."""
    if page.status == Page.Status.FAILED:
        reason = _MARKUP.sub(r"\\\1", " ".join(page.error.split()))
        return f"> **Page {page.number} could not be converted.** {reason}"
    return page.markdown
