"""The job and its pages: what the database itself refuses, how a status moves, what can be asked."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from jobs.models import Claim, Job, Page
from jobs.models.job import ACTIVE, FINISHED, Status
from tests.conftest import MakeJob

NOON = datetime(2026, 1, 7, 12, tzinfo=UTC)

ALLOWED = {
    ("pending", "processing"),
    ("pending", "cancelled"),
    ("processing", "processing"),
    ("processing", "completed"),
    ("processing", "failed"),
    ("processing", "cancelled"),
    ("failed", "pending"),
    ("cancelled", "pending"),
    # Not ("completed", "pending"): that one has no failed pages.
}


def refused(rows: Any, **changes: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**changes)


def claim(job: Job, lease_s: float = 30) -> Claim:
    now = timezone.now()
    return Claim.objects.create(
        job=job, kind=Claim.Kind.PAGES, node="here", claimed_at=now, lease_until=now + timedelta(seconds=lease_s)
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "paused"},
        {"total_pages": 0},
        {"pages_done": 4},
        {"pages_done": 1, "pages_failed": 2},
        {"completed_at": NOON},
        {"status": Status.CANCELLED},
        {"status": Status.COMPLETED, "completed_at": NOON, "pages_done": 2},
        {"status": Status.COMPLETED, "completed_at": NOON, "pages_done": 3, "pages_failed": 3},
    ],
    ids=str,
)
def test_it_refuses_a_job_that_makes_no_sense(make_job: MakeJob, changes: dict[str, Any]) -> None:
    refused(Job.objects.filter(pk=make_job(total_pages=3).pk), **changes)


def test_it_refuses_two_jobs_with_one_id(make_job: MakeJob) -> None:
    one, two = make_job(), make_job()
    refused(Job.objects.filter(pk=two.pk), job_id=one.job_id)


@pytest.mark.parametrize("changes", [{"status": "lost"}, {"number": 0}, {"number": 2}, {"status": "failed"}], ids=str)
def test_it_refuses_a_page_that_makes_no_sense(make_job: MakeJob, changes: dict[str, Any]) -> None:
    refused(make_job().pages.filter(number=1), **changes)


@pytest.mark.parametrize(("start", "to"), list(product(Status.values, Status.values)))
def test_it_moves_along_the_table_only(make_job: MakeJob, start: str, to: str) -> None:
    job = make_job(status=start, pages_done=3, pages_failed=0 if start == "completed" else 1)
    here = Job.objects.filter(pk=job.pk)
    changes = {} if to in FINISHED else {"completed_at": None}
    assert here.move(Status(to), **changes) is ((start, to) in ALLOWED)
    assert here.get().status == (to if (start, to) in ALLOWED else start)


def test_it_takes_up_a_completed_job_with_failed_pages_only(make_job: MakeJob) -> None:
    jobs = [make_job(status="completed", total_pages=3, pages_failed=failed) for failed in (0, 1)]
    assert [Job.objects.filter(pk=job.pk).move(Status.PENDING, completed_at=None) for job in jobs] == [False, True]


def test_it_moves_once(make_job: MakeJob) -> None:
    """Compare-and-set: of two who want to finish a job one is told that it came too late."""
    here = Job.objects.filter(pk=make_job().pk)
    assert [here.move(Status.CANCELLED), here.move(Status.CANCELLED)] == [True, False]


def test_it_notes_when_a_job_finished(make_job: MakeJob) -> None:
    before = timezone.now()
    job = make_job()
    Job.objects.filter(pk=job.pk).move(Status.CANCELLED)
    job.refresh_from_db()
    assert job.completed_at is not None
    assert before <= job.completed_at <= timezone.now()


def test_it_changes_nothing_besides_when_it_can_not_move(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    assert not Job.objects.filter(pk=job.pk).move(Status.FAILED, error="no")
    job.refresh_from_db()
    assert (job.status, job.error) == ("completed", "")


def test_it_tells_running_from_finished(make_job: MakeJob) -> None:
    jobs = {status: make_job(status=status) for status in Status}
    assert {job.status for job in Job.objects.active()} == set(ACTIVE)
    assert {job.status for job in Job.objects.finished()} == set(FINISHED)
    assert {status for status, job in jobs.items() if job.is_finished} == set(FINISHED)


def test_it_shows_a_job_to_its_owner_only(make_job: MakeJob, alice: User, bob: User, charlie: User) -> None:
    job = make_job()
    assert list(Job.objects.visible_to(alice)) == [job]
    for stranger in (bob, charlie, AnonymousUser()):
        assert list(Job.objects.visible_to(stranger)) == []


def test_it_shows_all_jobs_where_no_login_is_asked_for(make_job: MakeJob, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    job = make_job()
    assert list(Job.objects.visible_to(AnonymousUser())) == [job]


def test_it_shows_no_job_without_owner_to_the_anonymous(make_job: MakeJob) -> None:
    make_job(owner=None)
    assert list(Job.objects.visible_to(AnonymousUser())) == []


@pytest.mark.parametrize(
    ("changes", "claimable"),
    [
        ({}, True),
        ({"status": "processing", "pages_done": 1}, True),
        ({"status": "processing", "pages_done": 3}, True),
        ({"status": "completed"}, False),
        ({"status": "failed"}, False),
        ({"status": "cancelled"}, False),
    ],
    ids=str,
)
def test_it_knows_which_jobs_have_something_to_do(make_job: MakeJob, changes: dict[str, Any], claimable: bool) -> None:
    make_job(**changes)
    assert Job.objects.claimable().exists() is claimable


def test_it_has_nothing_to_do_where_everything_is_claimed(make_job: MakeJob) -> None:
    pages_running, result_running = make_job(), make_job(status="processing", pages_done=3)
    pages_running.pages.update(status=Page.Status.PROCESSING, claim=claim(pages_running))
    claim(result_running)
    assert not Job.objects.claimable().exists()


def test_it_knows_the_stalled_jobs(make_job: MakeJob) -> None:
    gone, alive = make_job(status="processing"), make_job(status="processing")
    claim(gone, lease_s=-1)
    claim(gone, lease_s=-2)
    claim(alive)
    assert list(Job.objects.stalled()) == [gone]


@pytest.mark.parametrize(("done", "percent"), [(0, 0), (1, 33), (2, 66), (3, 100)])
def test_it_says_100_percent_at_the_end_only(make_job: MakeJob, done: int, percent: int) -> None:
    assert make_job(pages_done=done).progress_percent == percent


def test_it_removes_pages_and_claims_with_the_job(make_job: MakeJob) -> None:
    job, other = make_job(), make_job()
    job.pages.filter(number=1).update(claim=claim(job))
    job.delete()
    assert {page.job for page in Page.objects.all()} == {other}
    assert not Claim.objects.exists()


def test_it_never_gives_a_fence_token_twice(make_job: MakeJob) -> None:
    """A worker that was thought dead must not hold the claim of somebody else."""
    job = make_job()
    first = claim(job).pk
    Claim.objects.all().delete()
    assert claim(job).pk > first
