"""What the pages of a job warn of, as its result is given with."""

from jobs.engines import NO_TEXT
from jobs.engines.page_ranges import written
from jobs.models import Job

# More tell nothing new, and each is shown with the job.
_MOST = 100


def page_warnings(job: Job) -> list[str]:
    """The same words once, with the pages they hold for."""
    said: dict[str, list[int]] = {}
    pages = job.pages.exclude(warnings=[]).order_by("number").values_list("number", "source", "warnings")
    silent = []
    for number, source, warnings in pages.iterator():
        if source == NO_TEXT:
            silent.append(number)
        for warning in warnings[:-1] if source == NO_TEXT else warnings:
            said.setdefault(warning, []).append(number)
    return [*_no_text(job, silent), *_bounded(said)]


def without_page_warnings(job: Job) -> list[str]:
    """What the job warned of before its result was made: who makes another one adds those of its pages anew."""
    of_pages = page_warnings(job)
    kept = len(job.warnings) - len(of_pages)
    return job.warnings[:kept] if of_pages and job.warnings[kept:] == of_pages else list(job.warnings)


def _no_text(job: Job, pages: list[int]) -> list[str]:
    """One sentence for all pages that gave nothing though there is something on them."""
    if not pages:
        return []
    return [f"{len(pages)} of {job.total_pages} pages gave no text that could be read: {written(pages)}."]


def _bounded(said: dict[str, list[int]]) -> list[str]:
    some = [_with_pages(warning, pages) for warning, pages in list(said.items())[:_MOST]]
    more = len(said) - len(some)
    return [*some, f"There are {more} more warnings: see the list of pages."] if more else some


def _with_pages(warning: str, pages: list[int]) -> str:
    return warning if len(pages) == 1 else f"{warning} (pages {written(pages)})"
