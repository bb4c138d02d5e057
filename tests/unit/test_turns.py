"""Whose turn it is: owners take turns, then each owner's jobs."""

import pytest
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs.models import Claim, Job
from jobs.pipeline import claims
from jobs.pipeline.turns import next_job
from jobs.waiting_line import places
from tests.conftest import MakeJob


def taken() -> Claim | None:
    claim = claims.claim_next()
    if claim:
        claims.note_taken(claim)
    return claim


def served(count: int) -> list[str]:
    """The names of the files that the next workers are at."""
    return [claim.job.filename for claim in (taken() for _ in range(count)) if claim]


def served_alone(count: int) -> list[str]:
    """The same where one worker does it all: each step ends before the next begins."""
    names = []
    for _ in range(count):
        names += served(1)
        claim = Claim.objects.get()
        done = claim.pages.count()
        claim.pages.update(status="done", claim=None)
        job = Job.objects.get(pk=claim.job_id)
        claim.delete()
        Job.objects.filter(pk=job.pk).update(pages_done=job.pages_done + done)
        if job.pages_done + done == job.total_pages:
            Job.objects.filter(pk=job.pk).update(status="completed", completed_at=timezone.now())
    return names


def test_it_does_not_let_one_push_back_another(make_job: MakeJob, charlie: User) -> None:
    for number in range(20):
        make_job(filename=f"a{number}", total_pages=1)
    make_job(filename="c", owner=charlie)
    assert served(4) == ["a0", "c", "a1", "c"]


def test_it_lets_owners_take_turns_with_one_worker(make_job: MakeJob, charlie: User) -> None:
    for number in range(5):
        make_job(filename=f"a{number}", total_pages=1)
    make_job(filename="c", owner=charlie, total_pages=3)
    assert served_alone(8) == ["a0", "c", "a1", "c", "a2", "c", "a3", "a4"]


def test_it_remembers_turns_of_jobs_that_are_gone(make_job: MakeJob, charlie: User) -> None:
    make_job(filename="a0", total_pages=1)
    make_job(filename="c", owner=charlie)
    assert served_alone(2) == ["a0", "c"]
    Job.objects.filter(filename="a0").delete()
    make_job(filename="a1", total_pages=1)
    make_job(filename="a2", total_pages=1)
    assert served_alone(4) == ["a1", "c", "a2", "c"]


def test_it_takes_jobs_without_owner_for_those_of_one(make_job: MakeJob) -> None:
    for name in ("n0", "n1", "n2"):
        make_job(filename=name, owner=None, total_pages=1)
    for name in ("a0", "a1"):
        make_job(filename=name, total_pages=1)
    assert served_alone(5) == ["n0", "a0", "n1", "a1", "n2"]


def test_it_passes_over_an_owner_whose_work_is_all_in_hand(make_job: MakeJob, charlie: User) -> None:
    make_job(filename="c", owner=charlie, total_pages=1)
    make_job(filename="a", total_pages=3)
    assert sorted(served(4)) == ["a", "a", "a", "c"]
    assert next_job(Q()) is None


def test_it_ends_where_nothing_waits(db: None) -> None:
    assert next_job(Q()) is None


def test_it_finds_the_turn_in_few_queries(
    make_job: MakeJob, charlie: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_job()
    with django_assert_num_queries(1):
        next_job(Q())
    for _ in range(9):
        make_job()
    with django_assert_num_queries(3):
        next_job(Q())
    make_job(owner=charlie)
    make_job(owner=None)
    with django_assert_num_queries(5):
        next_job(Q())


@pytest.mark.parametrize(("mine", "others", "positions"), [(3, 1, [0, 2, 3]), (3, 5, [0, 2, 4]), (1, 0, [0])])
def test_it_tells_the_place_in_that_order(  # noqa: PLR0917 (three of them are the case)
    make_job: MakeJob, as_alice: APIClient, charlie: User, mine: int, others: int, positions: list[int]
) -> None:
    jobs = [make_job(filename=f"a{number}", total_pages=1) for number in range(mine)]
    for _ in range(others):
        make_job(filename="c", owner=charlie, total_pages=1)
    found = [as_alice.get(f"/api/jobs/{job.job_id}/status").json()["queue_position"] for job in jobs]
    assert found == positions
    find = places()
    assert [find(job) for job in jobs] == positions
    order = served_alone(mine + others)
    assert [order.index(job.filename) for job in jobs] == positions


@pytest.fixture
def as_alice(alice: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(alice)
    return client


def test_it_looks_only_at_the_jobs_it_is_told_to(make_job: MakeJob, charlie: User) -> None:
    make_job(engine="other")
    asked = make_job(owner=charlie, engine="asked")
    assert next_job(Q(engine="asked")) == asked
    assert next_job(Q(engine="nothing")) is None
