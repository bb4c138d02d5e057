"""/api/storage, /api/admin/storage, /api/admin/cleanup, keep, and 410 for what was purged."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from jobs import services
from jobs.models import Job
from jobs.services.retention import Rules
from tests import pdfs
from tests.api.conftest import assert_problem, body
from tests.conftest import MakeJob, Work


def du(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def as_bob(bob: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(bob)
    return client


@pytest.mark.without("s3")
def test_it_adds_up_what_is_stored(make_job: MakeJob, work: Work, as_alice: APIClient, settings: Settings) -> None:
    make_job(total_pages=2)
    make_job(total_pages=3, prompt="fail:2")
    make_job(total_pages=1, prompt="fail:1")
    work()
    services.cancel(make_job())
    found = as_alice.get("/api/storage").json()
    assert found["jobs"] == 4
    assert found["file_bytes"] == du(settings.MEDIA_ROOT / "jobs")
    assert found["used_bytes"] == found["file_bytes"] + found["page_bytes"]
    assert (found["max_jobs"], found["max_bytes"]) == (100, 10 * 1024**3)


def test_it_counts_only_the_own_jobs(make_job: MakeJob, as_charlie: APIClient) -> None:
    make_job(status="completed")
    assert as_charlie.get("/api/storage").json()["used_bytes"] == 0


def test_it_adds_up_in_one_query(
    make_job: MakeJob, as_alice: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_job(status="completed")
    with django_assert_num_queries(1):
        as_alice.get("/api/storage")


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/admin/storage"), ("POST", "/api/admin/cleanup")])
def test_it_is_for_staff(as_alice: APIClient, api: APIClient, settings: Settings, method: str, path: str) -> None:
    assert as_alice.generic(method, path).status_code == 403
    settings.REQUIRE_LOGIN = False
    assert api.generic(method, path).status_code == 401


def test_it_tells_staff_what_may_go(make_job: MakeJob, as_bob: APIClient) -> None:
    make_job(status="completed")
    make_job(status="completed", keep=True)
    make_job()
    found = as_bob.get("/api/admin/storage").json()
    assert (found["jobs"], found["purgeable"]["jobs"], found["unpurgeable"]["jobs"]) == (3, 1, 2)
    assert found["disk_free_bytes"] > 0


def test_it_cleans_up_when_told_so(make_job: MakeJob, as_bob: APIClient, settings: Settings) -> None:
    settings.MAX_JOBS = 1
    old, new = make_job(status="completed"), make_job(status="completed")
    told = as_bob.post("/api/admin/cleanup", {"dry_run": True}).json()
    assert [job["job_id"] for job in told["jobs"]] == [old.job_id]
    assert Job.objects.stored().count() == 2
    done = as_bob.post("/api/admin/cleanup", {"dry_run": False}).json()
    assert {**done, "dry_run": True} == told
    assert list(Job.objects.stored()) == [new]


def test_it_answers_410_for_a_purged_job(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    services.purge(Rules(jobs=0))
    for path in ("result", "input", "pages", "pages/1"):
        problem = assert_problem(as_alice.get(f"/api/jobs/{job.job_id}/{path}"), 410, "result_purged")
        assert "more than 0 finished jobs" in str(problem["detail"])
    assert_problem(as_alice.post(f"/api/jobs/{job.job_id}/retry"), 410, "result_purged")
    assert_problem(as_alice.post(f"/api/jobs/{job.job_id}/keep"), 410, "result_purged")
    document = as_alice.get(f"/api/jobs/{job.job_id}").json()
    assert document["purged_at"]
    assert [row["job_id"] for row in as_alice.get("/api/jobs").json()["jobs"]] == [job.job_id]


def test_it_keeps_a_job(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    assert as_alice.post(f"/api/jobs/{job.job_id}/keep").json()["keep"] is True
    assert services.purge(Rules(jobs=0)).due == []
    assert as_alice.post(f"/api/jobs/{job.job_id}/keep", {"keep": "false"}).json()["keep"] is False
    assert len(services.purge(Rules(jobs=0)).due) == 1


def test_it_refuses_an_upload_that_has_no_room(make_job: MakeJob, as_alice: APIClient, settings: Settings) -> None:
    settings.MAX_JOBS = 1
    make_job()
    (settings.MEDIA_ROOT / "report.pdf").write_bytes(pdfs.pages(1))
    with (settings.MEDIA_ROOT / "report.pdf").open("rb") as file:
        answer = as_alice.post("/api/upload", {"file": file}, format="multipart")
    assert_problem(answer, 507, "storage_full")
    assert answer["Retry-After"] == "60"
    assert Job.objects.count() == 1


def test_it_lets_a_download_go_on_while_the_job_would_be_purged(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed")
    answer = as_alice.get(f"/api/jobs/{job.job_id}/result")
    assert services.purge(Rules(jobs=0)).due == []
    assert body(answer) == b"# Result\n"
    assert len(services.purge(Rules(jobs=0)).due) == 1
