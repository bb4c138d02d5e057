"""GET /api/jobs"""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from jobs.models.job import Status
from tests.api.conftest import assert_problem
from tests.conftest import MakeJob


def ids(api: APIClient, query: str = "") -> list[str]:
    response = api.get(f"/api/jobs{query}")
    assert response.status_code == 200, response.content
    return [job["job_id"] for job in response.json()["jobs"]]


def test_it_lists_the_own_jobs_newest_first(make_job: MakeJob, as_alice: APIClient, charlie: User) -> None:
    jobs = [make_job() for _ in range(3)]
    make_job(owner=charlie)
    make_job(owner=None)
    assert ids(as_alice) == [job.job_id for job in reversed(jobs)]


def test_it_shows_each_as_its_own_address_does(make_job: MakeJob, as_alice: APIClient) -> None:
    for job in (make_job(status="completed", pages_failed=1), make_job()):
        alone = as_alice.get(f"/api/jobs/{job.job_id}").json()
        assert as_alice.get(f"/api/jobs?ids={job.job_id}").json()["jobs"] == [alone]


def test_it_counts_by_status_whatever_is_asked_for(make_job: MakeJob, as_alice: APIClient, charlie: User) -> None:
    for status in (*Status, "pending"):
        make_job(status=status)
    make_job(owner=charlie)
    document = as_alice.get("/api/jobs?status=failed").json()
    assert document["count"] == 1
    assert document["counts"] == {"pending": 2, "processing": 1, "completed": 1, "failed": 1, "cancelled": 1}


def test_it_is_empty_at_first(as_alice: APIClient) -> None:
    document = as_alice.get("/api/jobs").json()
    assert document == {
        "jobs": [],
        "count": 0,
        "next": None,
        "previous": None,
        "counts": dict.fromkeys(Status.values, 0),
        "groups": {"active": 0, "attention": 0, "done": 0},
        "progress": {},
    }


def test_it_picks_by_status(make_job: MakeJob, as_alice: APIClient) -> None:
    jobs = {status: make_job(status=status) for status in Status}
    assert ids(as_alice, "?status=failed") == [jobs[Status.FAILED].job_id]
    assert set(ids(as_alice, "?status=pending,processing")) == {
        jobs[Status.PENDING].job_id,
        jobs[Status.PROCESSING].job_id,
    }


def test_it_picks_by_group(make_job: MakeJob, as_alice: APIClient) -> None:
    active = {make_job(status=status).job_id for status in ("pending", "processing")}
    attention = {make_job(status="failed").job_id, make_job(status="completed", pages_failed=1).job_id}
    done = {make_job(status="completed").job_id, make_job(status="cancelled").job_id}
    done.add(make_job(status="completed", pages_failed=1, purged_at=timezone.now()).job_id)
    for group, expected in (("active", active), ("attention", attention), ("done", done)):
        document = as_alice.get(f"/api/jobs?group={group}").json()
        assert {job["job_id"] for job in document["jobs"]} == expected
        assert document["count"] == document["groups"][group] == len(expected)


def test_it_tells_how_far_the_active_ones_are(make_job: MakeJob, as_alice: APIClient) -> None:
    make_job(status="completed")
    running = make_job(status="processing", pages_done=1, seconds_per_page=4.0)
    first, second = make_job(), make_job()
    progress = as_alice.get("/api/jobs").json()["progress"]
    assert set(progress) == {running.job_id, first.job_id, second.job_id}
    for job in (running, first, second):
        assert progress[job.job_id] == as_alice.get(f"/api/jobs/{job.job_id}/status").json()
    assert progress[running.job_id]["eta_seconds"] == 4
    assert progress[second.job_id]["queue_position"] == 1


def test_it_searches_name_id_and_reference(make_job: MakeJob, as_alice: APIClient) -> None:
    by_name = make_job(filename="Yearly Ärger 100%.pdf", job_id="x_1")
    by_id = make_job(job_id="yearly_2")
    by_reference = make_job(job_id="x_3", client_ref="for yearly use")
    make_job(job_id="x_4")
    assert set(ids(as_alice, "?search=YEARLY")) == {by_name.job_id, by_id.job_id, by_reference.job_id}
    assert ids(as_alice, "?search=100%25.pdf") == [by_name.job_id]
    assert ids(as_alice, "?search=x_%25") == []


def test_it_says_when_too_many_ids_are_asked_for(as_alice: APIClient) -> None:
    assert_problem(as_alice.get("/api/jobs?ids=" + ",".join(["x"] * 201)), 400, "bad_option")


def test_it_finds_jobs_by_their_ids(make_job: MakeJob, as_alice: APIClient, charlie: User) -> None:
    one, _, three, others = make_job(), make_job(), make_job(), make_job(owner=charlie)
    assert set(ids(as_alice, f"?ids={one.job_id},{three.job_id},{others.job_id},nothing")) == {one.job_id, three.job_id}


@pytest.mark.parametrize("ordering", ["created_at", "completed_at", "filename", "status", "input_bytes", "total_pages"])
def test_it_orders(make_job: MakeJob, as_alice: APIClient, ordering: str) -> None:
    now = timezone.now()
    jobs = [
        make_job(
            created_at=now + timedelta(hours=at),
            status=status,
            completed_at=now + timedelta(hours=at),
            filename=f"{at}.pdf",
            input_bytes=at,
            total_pages=at,
        ).job_id
        for at, status in ((1, "cancelled"), (2, "completed"), (3, "failed"))
    ]
    assert ids(as_alice, f"?ordering={ordering}") == jobs
    assert ids(as_alice, f"?ordering=-{ordering}") == jobs[::-1]


def test_it_keeps_its_order_among_equals(make_job: MakeJob, as_alice: APIClient) -> None:
    jobs = [make_job(created_at=timezone.now(), filename="a.pdf").job_id for _ in range(4)]
    assert ids(as_alice, "?ordering=filename") == jobs
    assert ids(as_alice, "?ordering=-filename") == jobs[::-1]


def test_it_gives_page_after_page(make_job: MakeJob, as_alice: APIClient) -> None:
    jobs = [make_job().job_id for _ in range(5)][::-1]
    first = as_alice.get("/api/jobs?page_size=2&status=pending").json()
    assert (first["count"], first["previous"]) == (5, None)
    found, page = [], first
    while True:
        found += [job["job_id"] for job in page["jobs"]]
        if page["next"] is None:
            break
        page = as_alice.get(page["next"]).json()
    assert found == jobs
    assert ids(as_alice, "?page_size=2&page=3") == jobs[4:]


def test_it_gives_fifty_at_a_time(make_job: MakeJob, as_alice: APIClient) -> None:
    for _ in range(51):
        make_job(total_pages=1)
    assert len(ids(as_alice)) == 50
    assert len(ids(as_alice, "?page_size=51")) == 51


@pytest.mark.parametrize(
    ("query", "code", "says"),
    [
        ("status=lost", "bad_option", "completed"),
        ("status=pending,", "bad_option", "pending"),
        ("group=lost", "bad_option", "attention"),
        ("ordering=password", "bad_option", "created_at"),
        ("ordering=owner__password", "bad_option", "created_at"),
        ("ordering=--filename", "bad_option", "created_at"),
    ],
)
def test_it_refuses_what_it_does_not_know(as_alice: APIClient, query: str, code: str, says: str) -> None:
    assert says in assert_problem(as_alice.get(f"/api/jobs?{query}"), 400, code)["detail"]


@pytest.mark.parametrize("name", ["search", "ids"])
def test_it_finds_nothing_by_what_can_not_be(make_job: MakeJob, as_alice: APIClient, name: str) -> None:
    make_job()
    assert ids(as_alice, f"?{name}=x%00y") == []


@pytest.mark.parametrize("page", ["", "0", "2", "-1", "x"])
def test_it_has_no_page_that_is_not_there(as_alice: APIClient, page: str) -> None:
    assert_problem(as_alice.get(f"/api/jobs?page={page}"), 404, "not_found")


def test_it_keeps_to_its_number_of_queries(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_job()
    for count in (0, 5):
        for _ in range(count):
            make_job(status="completed", total_pages=4, pages_failed=2)
        with django_assert_num_queries(4):  # the counts, which, their failed pages, who waits before whom
            assert len(ids(as_alice)) == count + 1


def test_it_refuses_strangers(api: APIClient, make_job: MakeJob) -> None:
    make_job()
    assert_problem(api.get("/api/jobs"), 401, "login_required")


def test_it_shows_all_jobs_in_open_mode(api: APIClient, make_job: MakeJob, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    jobs = {make_job().job_id, make_job(owner=None).job_id}
    assert set(ids(api)) == jobs
