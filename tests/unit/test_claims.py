"""Taking work, keeping it, giving it back."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import crew, queue, services
from jobs.engines import Markdown
from jobs.models import Claim, Job, Node, Page, tally
from jobs.pipeline import claims
from jobs.pipeline.outcome import LeaseLost
from jobs.pipeline.saving import save_done, save_failure
from tests.conftest import MakeJob

GOOD = {**asdict(Markdown("new")), "seconds": 0.5}


def claimed() -> Claim:
    claim = claims.claim_next()
    assert claim is not None
    return claim


def numbers(claim: Claim) -> list[int]:
    return list(claim.pages.order_by("number").values_list("number", flat=True))


def first_page(claim: Claim) -> Page:
    page = claim.pages.order_by("number").first()
    assert page is not None
    return page


def state(job: Job) -> list[tuple[int, str, int]]:
    return list(job.pages.order_by("number").values_list("number", "status", "attempts"))


def test_it_takes_the_lowest_page_of_a_new_job(make_job: MakeJob) -> None:
    job = make_job()
    claim = claimed()
    assert (claim.job, claim.kind, numbers(claim)) == (job, "pages", [1])
    assert state(job) == [(1, "processing", 0), (2, "pending", 0), (3, "pending", 0)]
    job.refresh_from_db()
    assert job.status == "processing"
    assert job.started_at is not None


@pytest.mark.parametrize("end", [services.cancel, services.delete])
def test_it_leaves_a_job_that_ends_while_it_is_taken(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch, end: Callable[[Job], object]
) -> None:
    job = make_job()
    serve = claims._serve

    def late(job: Job) -> bool:
        end(job)
        return serve(job)

    monkeypatch.setattr(claims, "_serve", late)
    assert claims.claim_next() is None
    assert not Claim.objects.exists()
    assert {status for _, status, _ in state(job)} <= {"pending"}


def test_it_gives_back_what_came_too_late_for_a_cancelling(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cancelled saw no claim yet, and has said so by the time that the claim is there."""
    job = make_job()
    serve = claims._serve

    def cancelled(job: Job) -> bool:
        Job.objects.filter(pk=job.pk).move(Job.Status.CANCELLED)
        return serve(job)

    monkeypatch.setattr(claims, "_serve", cancelled)
    assert claims.claim_next() is None
    assert not Claim.objects.exists()
    assert state(job) == [(1, "pending", 0), (2, "pending", 0), (3, "pending", 0)]


def test_it_saves_pages_without_renewing_each_time(make_job: MakeJob, settings: Settings) -> None:
    make_job(total_pages=6, seconds_per_page=0.1)
    claim = claimed()
    first, second, third = claim.taken
    until = Claim.objects.get().lease_until
    save_done(claim, first, GOOD, goes_on=True)
    assert Claim.objects.get().lease_until == until
    settings.HEARTBEAT_SECONDS = 0
    save_done(claim, second, GOOD, goes_on=True)
    assert Claim.objects.get().lease_until > until
    save_done(claim, third, GOOD, goes_on=True)
    assert not Claim.objects.exists()


def test_it_keeps_the_time_of_the_first_start(make_job: MakeJob) -> None:
    started = timezone.now() - timedelta(hours=1)
    job = make_job(status="processing", started_at=started)
    claimed()
    assert Job.objects.get(pk=job.pk).started_at == started


def test_it_takes_nothing_where_nothing_waits(make_job: MakeJob) -> None:
    for status in ("completed", "failed", "cancelled"):
        make_job(status=status)
    assert claims.claim_next() is None


def test_it_lets_jobs_take_turns(make_job: MakeJob) -> None:
    large, small = make_job(total_pages=10), make_job(total_pages=2)
    assert [claimed().job for _ in range(6)] == [large, small, large, small, large, large]


def test_it_prefers_the_job_on_which_fewest_work(make_job: MakeJob) -> None:
    busy = make_job(total_pages=10)
    claimed()
    claimed()
    Job.objects.filter(pk=busy.pk).update(last_served_at=timezone.now() - timedelta(hours=1))
    idle = make_job(status="processing", last_served_at=timezone.now())
    assert claimed().job == idle


def test_it_prefers_among_equals_the_one_that_waits_longest(make_job: MakeJob) -> None:
    now = timezone.now()
    make_job(status="processing", last_served_at=now)
    waits = make_job(status="processing", last_served_at=now - timedelta(seconds=5))
    new = make_job()
    assert [claimed().job for _ in range(2)] == [new, waits]


@pytest.mark.parametrize(
    ("seconds_per_page", "total", "done", "length"),
    [
        (None, 100, 0, 1),
        (0.5, 100, 0, 4),
        (0.3, 100, 0, 6),
        (1.9, 100, 0, 1),
        (60.0, 100, 0, 1),
        (0.001, 1000, 0, 100),
        (0.1, 20, 0, 10),
        (0.1, 20, 15, 2),
        (0.1, 20, 19, 1),
    ],
)
def test_it_takes_as_many_as_are_soon_done_and_leaves_the_others_their_share(
    make_job: MakeJob, seconds_per_page: float | None, total: int, done: int, length: int
) -> None:
    make_job(status="processing", total_pages=total, pages_done=done, seconds_per_page=seconds_per_page)
    assert numbers(claimed()) == list(range(done + 1, done + 1 + length))


def test_it_begins_at_the_speed_of_the_jobs_before(make_job: MakeJob) -> None:
    for _ in range(3):
        tally.add_page("fake", 0.5)
    tally.add_page("layout", 9.0)
    make_job(total_pages=100)
    assert numbers(claimed()) == [1, 2, 3, 4]


def test_it_counts_a_lost_attempt_at_the_page_that_was_begun_only(make_job: MakeJob) -> None:
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    claim = claimed()
    save_done(claim, claim.taken[0], GOOD, goes_on=True)
    claims.give_back(claim)
    assert [attempts for _, _, attempts in state(job)] == [1, 1, 0, 0, 0, 0, 0, 0]


def test_it_takes_a_page_that_was_begun_before_alone(make_job: MakeJob) -> None:
    job = make_job(status="processing", total_pages=12, seconds_per_page=0.5)
    job.pages.filter(number=3).update(attempts=1)
    assert [numbers(claimed()) for _ in range(3)] == [[1, 2], [3], [4, 5, 6, 7]]


def test_it_takes_pages_by_their_number_in_the_pdf(make_job: MakeJob) -> None:
    make_job(numbers=[4, 7, 9, 12], status="processing", seconds_per_page=0.1)
    assert [numbers(claimed()) for _ in range(2)] == [[4, 7], [9, 12]]


def test_it_takes_a_result_when_all_pages_are_through(make_job: MakeJob) -> None:
    job = make_job(status="processing", pages_done=3)
    claim = claimed()
    assert (claim.job, claim.kind, numbers(claim)) == (job, "result", [])
    assert claims.claim_next() is None
    assert claims.claim_result(job.pk) is None


@pytest.mark.parametrize(
    "changes", [{"pages_done": 2}, {"status": "completed"}, {"status": "cancelled", "pages_done": 3}], ids=str
)
def test_it_takes_no_result_that_is_not_due(make_job: MakeJob, changes: dict[str, object]) -> None:
    assert claims.claim_result(make_job(**{"status": "processing", **changes}).pk) is None
    assert not Claim.objects.exists()


def test_it_takes_no_result_of_a_deleted_job(make_job: MakeJob) -> None:
    job = make_job(status="processing", pages_done=3)
    key = job.pk
    services.delete(job)
    assert claims.claim_result(key) is None


def test_it_takes_a_lease(make_job: MakeJob, settings: Settings) -> None:
    settings.LEASE_SECONDS = 100
    make_job()
    before = timezone.now()
    claim = claimed()
    claim.refresh_from_db()
    assert before + timedelta(seconds=100) <= claim.lease_until <= timezone.now() + timedelta(seconds=100)


def test_it_renews_a_lease(make_job: MakeJob, settings: Settings) -> None:
    make_job()
    claim = claimed()
    Claim.objects.update(lease_until=timezone.now())
    claims.renew(claim)
    claim.refresh_from_db()
    assert claim.lease_until > timezone.now() + timedelta(seconds=settings.LEASE_SECONDS / 2)


def lose_by_cancel(claim: Claim) -> None:
    services.cancel(claim.job)


def lose_by_delete(claim: Claim) -> None:
    services.delete(Job.objects.get(pk=claim.job_id))


def lose_by_time(claim: Claim) -> None:
    """Another worker took over."""
    claims.give_back(Claim.objects.get(pk=claim.pk))
    assert numbers(claimed()) == [1]


def lose_by_cancel_and_retry(claim: Claim) -> None:
    services.cancel(claim.job)
    services.retry(claim.job)
    assert numbers(claimed()) == [1]


LOSSES = [lose_by_cancel, lose_by_delete, lose_by_time, lose_by_cancel_and_retry]


@pytest.mark.parametrize("lose", LOSSES)
def test_it_notices_that_its_lease_is_lost(make_job: MakeJob, lose: Callable[[Claim], None]) -> None:
    make_job()
    claim = claimed()
    lose(claim)
    with pytest.raises(LeaseLost):
        claims.renew(claim)


@pytest.mark.parametrize("lose", LOSSES)
def test_it_saves_nothing_without_its_lease(make_job: MakeJob, lose: Callable[[Claim], None]) -> None:
    job = make_job()
    claim = claimed()
    page = first_page(claim)
    lose(claim)
    before = (list(Job.objects.values()), list(Page.objects.values()), list(Claim.objects.values()))
    with pytest.raises(LeaseLost):
        save_done(claim, page, GOOD, goes_on=False)
    with pytest.raises(LeaseLost):
        save_failure(claim, page, "engine", "It failed.", goes_on=False)
    assert (list(Job.objects.values()), list(Page.objects.values()), list(Claim.objects.values())) == before
    assert not Page.objects.filter(job_id=job.pk, status="done").exists()


@pytest.mark.parametrize("status", ["pending", "cancelled", "failed"])
def test_it_saves_nothing_to_a_job_that_is_not_processed(make_job: MakeJob, status: str) -> None:
    job = make_job()
    claim = claimed()
    page = first_page(claim)
    Job.objects.filter(pk=job.pk).update(status=status, completed_at=None if status == "pending" else timezone.now())
    with pytest.raises(LeaseLost):
        save_done(claim, page, GOOD, goes_on=False)
    page.refresh_from_db()
    assert (page.status, page.markdown) == ("processing", "")


def test_it_saves_a_page_with_the_progress_of_the_job(make_job: MakeJob) -> None:
    job = make_job()
    claim = claimed()
    save_done(claim, first_page(claim), GOOD, goes_on=False)
    page = job.pages.get(number=1)
    assert (page.status, page.markdown, page.seconds, page.claim) == ("done", "new", 0.5, None)
    assert page.converted_at is not None
    job.refresh_from_db()
    assert (job.pages_done, job.pages_failed, job.seconds_per_page) == (1, 0, 0.5)
    assert job.last_progress_at is not None
    assert not Claim.objects.exists()


def test_it_measures_the_speed_as_a_moving_average(make_job: MakeJob) -> None:
    job = make_job(status="processing", seconds_per_page=1.0)
    claim = claimed()
    save_done(claim, first_page(claim), {**GOOD, "seconds": 2.0}, goes_on=False)
    job.refresh_from_db()
    assert job.seconds_per_page == pytest.approx(1.3)


def test_it_begins_the_next_page_when_it_saves_one(make_job: MakeJob) -> None:
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    claim = claimed()
    save_done(claim, first_page(claim), GOOD, goes_on=True)
    assert state(job)[:3] == [(1, "done", 1), (2, "processing", 0), (3, "processing", 0)]
    assert numbers(claim) == [2, 3, 4]


def test_it_ends_with_its_last_page(make_job: MakeJob) -> None:
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    claim, others = claimed(), claimed()
    for page in list(claim.taken):
        save_done(claim, page, GOOD, goes_on=True)
    assert numbers(others) == [5, 6, 7, 8]
    assert [status for _, status, _ in state(job)] == ["done"] * 4 + ["processing"] * 4
    assert list(Claim.objects.all()) == [others]


def test_it_takes_a_share_of_what_waits_besides(make_job: MakeJob) -> None:
    make_job(status="processing", total_pages=13, seconds_per_page=0.5)
    claim, others = claimed(), claimed()
    claims.take_more(claim)  # 5 wait for two workers
    assert [page.number for page in claim.taken] == numbers(claim) == [1, 2, 3, 4, 9, 10]
    claims.take_more(others)
    claims.take_more(claim)
    assert (numbers(others), numbers(claim)) == ([5, 6, 7, 8, 11], [1, 2, 3, 4, 9, 10, 12])
    claims.take_more(claim)
    claims.take_more(claim)
    assert [page.number for page in claim.taken] == [1, 2, 3, 4, 9, 10, 12, 13]


@pytest.mark.django_db(transaction=True)
def test_it_takes_no_more_without_its_lease(make_job: MakeJob) -> None:
    job = make_job(total_pages=8)
    claim = claimed()
    claims.give_back_uncounted(claim)
    with pytest.raises(LeaseLost):
        claims.take_more(claim)
    assert {status for _, status, _ in state(job)} == {"pending"}


@pytest.mark.parametrize("pages", ["", "2-4"])
def test_it_tells_once_that_a_job_was_begun(make_job: MakeJob, pages: str) -> None:
    job = make_job(numbers=[2, 3, 4] if pages else [1, 2, 3], options={"pages": pages})
    came_at_once = [claimed(), claimed()]
    for claim in reversed(came_at_once):
        claim.job.started_at = None  # as they have seen it
        claims.note_taken(claim)
    assert job.events.filter(kind="claimed").count() == 1


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize(("workers", "woken"), [(2, 0), (3, 1), (4, 2), (9, 2)])
def test_it_wakes_those_with_nothing_in_hand(make_job: MakeJob, workers: int, woken: int) -> None:
    make_job(total_pages=9)
    claimed(), claimed()
    Node.objects.say("all", workers)
    crew.forget()
    claims.wake_idle()
    assert queue.waiting_tokens() == woken


@pytest.mark.usefixtures("transactional_db")
def test_it_takes_pages_in_flight_for_no_busy_workers(make_job: MakeJob) -> None:
    make_job(engine="vision", total_pages=9)
    for _ in range(5):
        claimed()
    claims.wake_idle()
    assert queue.waiting_tokens() == 2


@pytest.mark.usefixtures("transactional_db")
def test_it_wakes_others_for_what_it_leaves(make_job: MakeJob) -> None:
    make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    claim = claimed()
    assert queue.waiting_tokens() == 0
    save_done(claim, claim.taken[0], GOOD, goes_on=False)
    assert queue.waiting_tokens() == 2


def test_it_gives_the_rest_back_after_the_last_page(make_job: MakeJob) -> None:
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    claim = claimed()
    save_done(claim, first_page(claim), GOOD, goes_on=False)
    assert state(job)[:3] == [(1, "done", 1), (2, "pending", 0), (3, "pending", 0)]
    assert not Claim.objects.exists()


def test_it_stores_what_a_database_can_take(make_job: MakeJob) -> None:
    job = make_job()
    claim = claimed()
    hostile = "a\0b \ud800 c"
    save_done(claim, first_page(claim), {**GOOD, "text": hostile, "warnings": [hostile]}, goes_on=False)
    page = job.pages.get(number=1)
    assert (page.markdown, page.warnings) == ("ab ? c", ["ab ? c"])


def test_it_tries_a_page_that_failed_once_more(make_job: MakeJob) -> None:
    job = make_job()
    claim = claimed()
    assert save_failure(claim, first_page(claim), "crashed", "It crashed.", goes_on=False) is False
    page = job.pages.get(number=1)
    assert (page.status, page.attempts, page.crashes, page.error) == ("pending", 1, 1, "")
    again = claimed()
    assert numbers(again) == [1]
    assert save_failure(again, first_page(again), "crashed", "It crashed.", goes_on=False) is True
    page.refresh_from_db()
    assert (page.status, page.attempts, page.crashes) == ("failed", 2, 2)
    assert (page.error_code, page.error) == ("crashed", "It crashed.")
    job.refresh_from_db()
    assert (job.pages_done, job.pages_failed) == (1, 1)


def test_it_gives_back_what_it_took(make_job: MakeJob) -> None:
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    claims.give_back(claimed())
    assert state(job)[:2] == [(1, "pending", 1), (2, "pending", 0)]
    assert not Claim.objects.exists()


def test_it_gives_a_page_up_that_lost_all_its_workers(make_job: MakeJob, settings: Settings) -> None:
    settings.MAX_ATTEMPTS = 3
    job = make_job()
    for _ in range(3):
        claim = claimed()
        assert numbers(claim) == [1]
        claims.give_back(claim)
    page = job.pages.get(number=1)
    assert (page.status, page.error_code, page.attempts) == ("failed", "worker_lost", 3)
    assert "3 times" in page.error
    job.refresh_from_db()
    assert (job.pages_done, job.pages_failed) == (1, 1)
    assert numbers(claimed()) == [2]


def test_it_does_not_count_an_attempt_that_had_to_stop(make_job: MakeJob, settings: Settings) -> None:
    settings.MAX_ATTEMPTS = 1
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    claims.give_back_uncounted(claimed())
    assert state(job)[:2] == [(1, "pending", 0), (2, "pending", 0)]


@pytest.mark.parametrize("give_back", [claims.give_back, claims.give_back_uncounted])
def test_it_gives_a_result_back(make_job: MakeJob, give_back: Callable[[Claim], None]) -> None:
    job = make_job(status="processing", pages_done=3)
    give_back(claimed())
    assert claims.claim_result(job.pk) is not None
