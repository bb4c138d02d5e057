"""Words found in the pages of a job."""

import pytest

from jobs.models import Job
from jobs.search import Found, found, readable
from tests.conftest import MakeJob


def job_of(make_job: MakeJob, *texts: str) -> Job:
    job = make_job(status="completed", total_pages=len(texts))
    for number, text in enumerate(texts, start=1):
        job.pages.filter(number=number).update(markdown=text)
    return job


def search(job: Job, query: str) -> Found:
    return found(job, query.split())


def test_it_finds_pages_with_counts_and_snippets(make_job: MakeJob) -> None:
    job = job_of(make_job, "An apple and an Apple.", "Nothing", "apple pie")
    result = search(job, "apple")
    assert [(page.number, page.matches) for page in result.pages] == [(1, 2), (3, 1)]
    assert (result.matches, result.pages_found, result.truncated) == (3, 2, False)
    first, second = result.pages[0].snippets
    assert (first.before, first.match, first.after) == ("An ", "apple", " and an Apple.")
    assert second.match == "Apple"


def test_it_minds_no_capitals_in_any_language(make_job: MakeJob) -> None:
    assert search(job_of(make_job, "ÜBER den Dächern, ΑΛΦΑ"), "über").matches == 1
    assert search(job_of(make_job, "ΑΛΦΑ"), "αλφα").matches == 1


@pytest.mark.parametrize(
    "markdown",
    [
        "the **quick** brown fox",
        "the quick\nbrown fox",
        "> the quick\n> brown",
        "the [quick](http://x.example/y) brown",
        "| the | quick |\n| --- | :-: |\n| brown | x |",
        "the `quick` brown",
        "<td>the quick</td><td>brown</td>",
        "the quick\\!",
    ],
)
def test_it_finds_words_across_marks_and_lines(make_job: MakeJob, markdown: str) -> None:
    query = "quick!" if "!" in markdown else "quick   brown"
    assert search(job_of(make_job, markdown), query).matches == 1


def test_it_does_not_find_marks_and_addresses(make_job: MakeJob) -> None:
    job = job_of(make_job, "# Title\n\n[here](http://nowhere.example) ![a](images/page-00001-01.png) <td>x</td>")
    for query in ("nowhere", "images", "td", "#"):
        assert search(job, query).matches == 0


def test_it_takes_signs_as_they_are(make_job: MakeJob) -> None:
    job = job_of(make_job, "cost (net): 5.00 $ [1]", "cost anet): 5x00")
    for query in ("(net)", "5.00 $", "[1]"):
        assert [page.number for page in search(job, query).pages] == [1]


def test_it_searches_done_pages_only(make_job: MakeJob) -> None:
    job = make_job(status="completed", total_pages=3, pages_failed=1)
    job.pages.update(markdown="apple")
    assert [page.number for page in search(job, "apple").pages] == [1, 2]


def test_it_is_bounded(make_job: MakeJob) -> None:
    job = job_of(make_job, *["apple " * 50] * 510)
    result = search(job, "apple")
    assert (len(result.pages), result.pages_found, result.matches, result.truncated) == (500, 510, 25_500, True)
    assert {len(page.snippets) for page in result.pages} == {2}


def test_it_shows_few_words_around(make_job: MakeJob) -> None:
    job = job_of(make_job, "before " * 100 + "needle" + " after" * 100)
    snippet = search(job, "needle").pages[0].snippets[0]
    assert snippet.before.startswith("… before before")
    assert snippet.after.endswith("after …")
    assert len(snippet.before + snippet.match + snippet.after) < 140


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "<a" * 50_000, "_" * 50_000, "[](" * 50_000, "`" * 50_000, " " * 50_000]
)
def test_it_is_fast_with_hostile_pages(text: str) -> None:
    assert isinstance(readable(text), str)
