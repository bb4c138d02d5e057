"""From a pending job to its result, with a real sandbox and the fake engine."""

import time
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from jobs import queue, services, storage
from jobs.models import Claim, Job, Page
from jobs.pipeline import assembly, claims, conversion
from jobs.pipeline.advance import Turn, advance
from jobs.pipeline.conversion import convert
from jobs.pipeline.finishing import guarded
from jobs.pipeline.outcome import LeaseLost
from tests import pdfs
from tests.conftest import MakeJob, StoredFiles, Work
from tests.engines.fake import text_of
from tests.processes import is_gone
from tests.server import wait_for

Drain = Callable[[], None]


@pytest.fixture
def draining() -> Iterator[Callable[[], None]]:
    """`draining()` is what SIGTERM does to the cluster."""
    yield lambda: setattr(queue._draining, "value", time.monotonic())
    queue._draining.value = 0


def result(job: Job) -> str:
    job.refresh_from_db()
    with job.result.open() as file:
        content: bytes = file.read()
    return content.decode()


def whole(*numbers: int) -> str:
    return "".join(f"{text_of(number)}\n\n" for number in numbers)


def rows(job: Job, *fields: str) -> list[tuple[Any, ...]]:
    return list(job.pages.order_by("number").values_list(*fields))


def claimed() -> Claim:
    claim = claims.claim_next()
    assert claim is not None
    return claim


@pytest.mark.without("s3")
def test_it_converts_a_job(make_job: MakeJob, work: Work, stored_files: StoredFiles) -> None:
    job = make_job(total_pages=5, password="x")
    work()
    assert result(job) == whole(1, 2, 3, 4, 5)
    assert (job.status, job.pages_done, job.pages_failed, job.error, job.warnings) == ("completed", 5, 0, "", [])
    assert job.result_bytes == job.result.size
    assert job.password == ""
    assert job.completed_at is not None
    assert rows(job, "status", "attempts", "error") == [("done", 1, "")] * 5
    assert not Claim.objects.exists()
    assert stored_files() == files(job, f"jobs/{job.job_id}/result.md")


def files(job: Job, *more: str) -> list[str]:
    """The stored files of a finished job."""
    return sorted([*(f"jobs/{job.job_id}/{name}" for name in ("input.pdf", "metadata.json", "pages.jsonl.gz")), *more])


def test_it_makes_the_result_of_the_pages(make_job: MakeJob, work: Work) -> None:
    job = make_job()
    work()
    assert result(job) == "".join(f"{page.markdown}\n\n" for page in job.pages.order_by("number"))


def test_it_converts_several_jobs(make_job: MakeJob, work: Work) -> None:
    jobs = [make_job(total_pages=count) for count in (1, 4, 2)]
    work()
    assert [result(job) for job in jobs] == [whole(1), whole(1, 2, 3, 4), whole(1, 2)]


def test_it_converts_the_pages_that_were_picked(make_job: MakeJob, work: Work) -> None:
    job = make_job(numbers=[3, 7])
    work()
    assert result(job) == whole(3, 7)


def test_it_marks_where_pages_begin(make_job: MakeJob, work: Work) -> None:
    job = make_job(numbers=[2, 5], options={"page_breaks": True})
    work()
    assert result(job) == f"<!-- page 2 -->\n\n{text_of(2)}\n\n<!-- page 5 -->\n\n{text_of(5)}\n\n"


def running_on(job: Job) -> None:
    """Make the pages of `job` say one sentence that runs over all of them."""
    for page in job.pages.all():
        text = f"goes on over page {page.number}"
        end = {"kind": "text", "at": 0, "to": len(text), "size": 10, "full": True}
        page.markdown, page.seams = text, {"headings": [], "first": end, "last": end}
        page.save()


def test_it_joins_what_runs_over_a_page_break(make_job: MakeJob, work: Work) -> None:
    job = make_job(numbers=[1, 2, 4], status="processing", pages_done=3)
    running_on(job)
    work()
    assert result(job) == "goes on over page 1 goes on over page 2\n\ngoes on over page 4\n\n"
    assert [page.markdown for page in job.pages.order_by("number")] == [f"goes on over page {n}" for n in (1, 2, 4)]


def test_it_joins_nothing_over_a_page_that_failed(make_job: MakeJob, work: Work) -> None:
    job = make_job(numbers=[1, 2, 3], status="processing", pages_done=3)
    running_on(job)
    job.pages.filter(number=2).update(status=Page.Status.FAILED, error="It burnt.")
    Job.objects.update(pages_failed=1)
    work()
    mark = "> **Page 2 could not be converted.** It burnt."
    assert result(job) == f"goes on over page 1\n\n{mark}\n\ngoes on over page 3\n\n"


def test_it_gives_headings_one_level_in_the_whole_document(make_job: MakeJob, work: Work) -> None:
    job = make_job(numbers=[1, 2], status="processing", pages_done=2)
    for page, size in zip(job.pages.order_by("number"), (12, 20), strict=True):
        page.markdown, page.seams = f"# Of {size} points", {"headings": [[size, 0]]}
        page.save()
    work()
    assert result(job) == "## Of 12 points\n\n# Of 20 points\n\n"


def test_it_says_equal_warnings_once(make_job: MakeJob, work: Work) -> None:
    job = make_job(status="processing", total_pages=150, pages_done=150)
    for page in job.pages.order_by("number"):
        page.warnings = ["Ink is low.", f"Page {page.number} is crumpled."]
        page.save()
    work()
    job.refresh_from_db()
    assert job.warnings[:2] == ["Ink is low. (pages 1-150)", "Page 1 is crumpled."]
    assert len(job.warnings) == 101
    assert job.warnings[-1] == "There are 51 more warnings: see the list of pages."


def test_it_says_which_pages_have_no_text(make_job: MakeJob, work: Work) -> None:
    job = make_job(prompt="blank:2", warnings=["known before"])
    work()
    assert result(job) == whole(1, 3)
    assert job.warnings == ["known before", "1 of 3 pages gave no text that could be read: 2."]
    assert job.pages.get(number=2).warnings == ["Page 2 has no text that could be read."]
    assert job.pages_failed == 0


@pytest.mark.parametrize(
    ("deed", "code", "reason"),
    [
        ("crash", "crashed", "SIGABRT"),
        ("kill", "crashed", "SIGKILL"),
        ("leave", "crashed", "ended"),
        ("hang", "timeout", "longer than 1 second"),
        ("eat", "memory", "more than 150 MB"),
        ("fail", "engine", "the page does not please"),
        ("curse", "engine", "half a pair"),
    ],
)
def test_it_gives_up_the_bad_page_alone(  # noqa: PLR0917 (three of them are the case)
    make_job: MakeJob, work: Work, settings: Settings, deed: str, code: str, reason: str
) -> None:
    settings.PAGE_TIMEOUT_S, settings.PAGE_MEMORY_MB = 1, 150
    job = make_job(total_pages=4, prompt=f"{deed}:2")
    work()
    text = result(job)
    assert (job.status, job.pages_done, job.pages_failed) == ("completed", 4, 1)
    assert rows(job, "status", "attempts") == [("done", 1), ("failed", 2), ("done", 1), ("done", 1)]
    page = job.pages.get(number=2)
    assert (page.error_code, page.markdown, page.crashes) == (code, "", 2)
    assert reason in page.error
    mark = f"{text_of(1)}\n\n> **Page 2 could not be converted.** "
    assert text.startswith(mark)
    assert text.endswith(f"\n\n{whole(3, 4)}")
    assert text.count("\n\n") == whole(1, 2, 3, 4).count("\n\n") - 1


def test_it_does_not_let_the_reason_become_markup(make_job: MakeJob, work: Work) -> None:
    job = make_job(status="processing", pages_done=3, pages_failed=1)
    job.pages.filter(status=Page.Status.FAILED).update(error="<b>\n\n# [x](y) *z*")
    work()
    assert r"> **Page 3 could not be converted.** \<b\> \# \[x\](y) \*z\*" in result(job).splitlines()


def test_it_fails_a_job_without_a_single_good_page(make_job: MakeJob, work: Work, stored_files: StoredFiles) -> None:
    job = make_job(prompt="fail:1,2,3", password="x")
    work()
    job.refresh_from_db()
    assert (job.status, job.pages_done, job.pages_failed) == ("failed", 3, 3)
    assert "None of its pages could be converted" in job.error
    assert "the page does not please" in job.error
    assert not job.result
    assert job.password == "x"  # for a retry
    assert stored_files() == files(job)


def test_it_does_not_convert_a_saved_page_again(make_job: MakeJob, work: Work) -> None:
    job = make_job(status="processing", total_pages=4, pages_done=2)
    job.pages.filter(number=1).update(markdown="saved before")
    work()
    assert result(job) == f"saved before\n\n{whole(2, 3, 4)}"
    assert rows(job, "attempts") == [(1,)] * 4


def test_it_goes_on_after_a_page_that_took_the_sandbox_with_it(make_job: MakeJob, work: Work) -> None:
    job = make_job(status="processing", total_pages=12, seconds_per_page=0.5, prompt="crash:2,3,9")
    work()
    assert result(job).count("could not be converted") == 3
    assert rows(job, "attempts") == [(2,) if number in {2, 3, 9} else (1,) for number in range(1, 13)]


def test_it_does_not_care_what_a_library_prints(make_job: MakeJob, work: Work) -> None:
    job = make_job(prompt="noise:1,2")
    work()
    assert result(job) == whole(1, 2, 3)


def test_it_hands_prompt_and_options_to_the_engine(make_job: MakeJob, work: Work) -> None:
    job = make_job(total_pages=1, prompt="fail:1")
    work()
    job.refresh_from_db()
    assert job.status == "failed"
    Job.objects.filter(pk=job.pk).update(prompt="")
    services.retry(job)
    work()
    assert result(job) == whole(1)


def test_it_does_one_thing_at_a_time(make_job: MakeJob, work: Work, settings: Settings) -> None:
    settings.RANGE_SECONDS = 0
    job = make_job()
    assert advance() == Turn.WORKED
    assert rows(job, "status") == [("done",), ("pending",), ("pending",)]
    work()
    assert advance() == Turn.IDLE


def test_it_goes_on_with_more_of_a_job_as_long_as_there_is_time(make_job: MakeJob) -> None:
    job = make_job(total_pages=12, prompt="crash:2 fail:5")
    assert advance() == Turn.FINISHED
    assert rows(job, "status", "attempts") == [
        ("failed", 2) if number in {2, 5} else ("done", 1) for number in range(1, 13)
    ]
    assert not Claim.objects.exists()


def begun_at_each_save(monkeypatch: pytest.MonkeyPatch) -> dict[int, int | None]:
    """Which page the sandbox has begun with when one is saved, by the number of that one; filled while it works."""
    found: dict[int, int | None] = {}
    save = conversion._save

    def noting(claim: Claim, page: Page, *arguments: Any, **more: Any) -> None:
        begun = conversion._sandboxes["fake"]._begun
        found.setdefault(page.number, begun["number"] if begun else None)
        save(claim, page, *arguments, **more)

    monkeypatch.setattr(conversion, "_save", noting)
    return found


def test_it_converts_a_page_while_the_one_before_is_saved(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    make_job(total_pages=4, seconds_per_page=0.5)
    begun = begun_at_each_save(monkeypatch)
    assert advance() == Turn.FINISHED
    assert begun == {1: 2, 2: 3, 3: 4, 4: None}


def test_it_begins_no_page_while_pictures_or_a_failure_are_saved(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_job(total_pages=4, seconds_per_page=0.5, prompt="photo:1 fail:2", options={"images": True})
    begun = begun_at_each_save(monkeypatch)
    advance()
    assert (begun[1], begun[2]) == (None, None)
    assert begun[3] is not None


def test_it_ends_a_page_that_was_begun_for_nothing(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    make_job(total_pages=3, seconds_per_page=0.5, prompt="hang:2")
    children: list[int | None] = []

    def lost(*_: Any, **__: Any) -> None:
        children.append(conversion._sandboxes["fake"].pid)
        raise LeaseLost

    monkeypatch.setattr(conversion, "_save", lost)
    with pytest.raises(LeaseLost):
        convert(claimed())
    (child,) = children
    assert child is not None
    assert is_gone(child)


@pytest.mark.parametrize(("seconds", "taken"), [(0.1, 2), (1.0, 1)])
def test_it_takes_more_of_quick_pages_before_it_has_none(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch, seconds: float, taken: int
) -> None:
    """Of slow ones the others shall have their part: what is taken then waits for a page of ours."""
    make_job(total_pages=4)
    claim = claimed()
    waits: list[int] = []
    outcome: Callable[..., Any] = conversion._Range._outcome

    def timed(self: Any, page: Page) -> Any:
        waits.append(len(claim.taken) - claim.taken.index(page))
        return {**outcome(self, page), "seconds": seconds}

    monkeypatch.setattr(conversion._Range, "_outcome", timed)
    convert(claim)
    assert waits == [1, taken, taken, 1]


@pytest.mark.parametrize(("long_s", "order"), [(60, ["made", "rest"]), (0, ["rest", "made"])])
def test_it_does_the_rest_when_the_first_page_is_made_or_takes_long(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch, long_s: float, order: list[str]
) -> None:
    job = make_job(total_pages=1, prompt="slow:0.5")
    happened: list[str] = []
    outcome = conversion._Range._outcome

    def telling(*arguments: Any) -> Any:
        found = outcome(*arguments)
        happened.append("made")
        return found

    monkeypatch.setattr(conversion._Range, "_outcome", telling)
    monkeypatch.setattr(conversion, "_LONG_S", long_s)
    advance(lambda: happened.append("rest"))
    assert happened == order
    assert job.events.filter(kind="claimed").exists()


def test_it_does_the_rest_where_it_came_to_no_page(make_job: MakeJob) -> None:
    storage.discard(make_job(total_pages=1).input.name)
    calls: list[None] = []
    advance(lambda: calls.append(None))
    assert calls == [None]


def meanwhile(deed: Callable[[Job], object], job: Job) -> Thread:
    """A thread that does `deed` as soon as the first page of `job` is saved."""

    def wait_and_do() -> None:
        wait_for(lambda: Job.objects.get(pk=job.pk).pages_done == 1, 30)
        deed(Job.objects.get(pk=job.pk))
        connection.close()

    thread = Thread(target=wait_and_do)
    thread.start()
    return thread


@pytest.mark.usefixtures("transactional_db")
def test_it_stops_in_the_middle_of_a_page_when_the_job_is_cancelled(
    make_job: MakeJob, work: Work, settings: Settings
) -> None:
    settings.HEARTBEAT_SECONDS, settings.PAGE_TIMEOUT_S = 0, 20
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5, prompt="hang:2")
    thread = meanwhile(services.cancel, job)
    work()
    thread.join()
    job.refresh_from_db()
    assert (job.status, job.pages_done) == ("cancelled", 1)
    assert rows(job, "status")[:3] == [("done",), ("pending",), ("pending",)]


@pytest.mark.without("s3")
@pytest.mark.usefixtures("transactional_db")
def test_it_stops_in_the_middle_of_a_page_when_the_job_is_deleted(
    make_job: MakeJob, work: Work, settings: Settings, stored_files: StoredFiles
) -> None:
    settings.HEARTBEAT_SECONDS, settings.PAGE_TIMEOUT_S = 0, 20
    job, other = make_job(prompt="hang:2"), make_job()
    thread = meanwhile(services.delete, job)
    work()
    thread.join()
    assert list(Job.objects.values_list("pk", "status")) == [(other.pk, "completed")]
    assert stored_files() == files(other, f"jobs/{other.job_id}/result.md")


def test_it_gives_the_rest_of_a_range_back_that_takes_too_long(
    make_job: MakeJob, work: Work, settings: Settings
) -> None:
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    claim = claimed()
    assert claim.pages.count() == 4
    settings.RANGE_SECONDS = 0
    convert(claim)
    assert rows(job, "status", "attempts") == [("done", 1)] + [("pending", 0)] * 7
    work()
    assert result(job) == whole(*range(1, 9))


def test_it_takes_no_work_when_it_must_stop(make_job: MakeJob, draining: Drain) -> None:
    job = make_job()
    draining()
    assert advance() == Turn.IDLE
    assert rows(job, "attempts") == [(0,)] * 3


def test_it_finishes_the_page_it_is_on_when_it_must_stop(make_job: MakeJob, draining: Drain) -> None:
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    claim = claimed()
    draining()
    convert(claim)
    assert rows(job, "status", "attempts") == [("done", 1)] + [("pending", 0)] * 7


def test_it_gives_a_long_page_back_uncounted_when_it_must_stop(
    make_job: MakeJob, settings: Settings, draining: Drain
) -> None:
    settings.DRAIN_SECONDS = 0
    job = make_job(prompt="hang:1")
    claim = claimed()
    draining()
    assert not guarded(convert, claim)
    assert rows(job, "status", "attempts") == [("pending", 0)] * 3
    assert not Claim.objects.exists()


@pytest.mark.without("s3")
def test_it_fails_the_pages_of_a_file_that_is_gone(make_job: MakeJob, work: Work) -> None:
    job = make_job()
    job.input.delete(save=False)
    job.refresh_from_db()
    work()
    job.refresh_from_db()
    assert job.status == "failed"
    assert set(rows(job, "error_code")) == {("engine",)}


def test_it_gives_the_claim_back_when_the_machine_is_at_fault(
    make_job: MakeJob, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """No room for the result: nothing is lost, and the next try completes it."""
    job = make_job(status="processing", pages_done=3)
    good = settings.FILE_UPLOAD_TEMP_DIR
    settings.FILE_UPLOAD_TEMP_DIR = good / "file" / "in the way"
    (good / "file").write_text("")
    assert advance() == Turn.WORKED
    job.refresh_from_db()
    assert (job.status, job.pages_done) == ("processing", 3)
    assert not Claim.objects.exists()
    assert "given back" in caplog.text
    settings.FILE_UPLOAD_TEMP_DIR = good
    advance()
    assert result(job) == whole(1, 2, 3)


def test_it_throws_a_result_away_that_comes_too_late(make_job: MakeJob, stored_files: StoredFiles) -> None:
    job = make_job(status="processing", pages_done=3)
    claim = claimed()
    services.cancel(job)
    with pytest.raises(LeaseLost):
        assembly.assemble(claim)
    job.refresh_from_db()
    assert (job.status, job.result.name) == ("cancelled", "")
    assert stored_files() == files(job)


def test_it_leaves_no_folder_of_a_job_that_was_deleted_meanwhile(make_job: MakeJob, stored_files: StoredFiles) -> None:
    make_job(status="processing", pages_done=3)
    claim = claimed()
    assert claim.job.pages_done == 3
    services.delete(Job.objects.get())
    with pytest.raises(LeaseLost):
        assembly.assemble(claim)
    assert stored_files() == []


@pytest.mark.without("s3")
def test_it_removes_what_a_killed_assembling_left(make_job: MakeJob, work: Work, stored_files: StoredFiles) -> None:
    job = make_job(status="processing", pages_done=3)
    storage = job.input.storage
    for name in ("result.md", "result_abc1234.md"):
        with storage.open(f"jobs/{job.job_id}/{name}", "wb") as file:
            file.write(b"half of i")
    work()
    assert result(job) == whole(1, 2, 3)
    assert stored_files() == files(job, str(job.result.name))


def test_it_assembles_page_by_page(make_job: MakeJob, work: Work) -> None:
    job = make_job(status="processing", total_pages=50, pages_done=50, pdf=pdfs.pages(1))
    work()
    assert result(job) == whole(*range(1, 51))
