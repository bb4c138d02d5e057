"""GET /api/jobs/zip: the results of several jobs as one archive."""

import io
import zipfile

import pytest
from rest_framework.test import APIClient

from jobs.models import Reading
from tests.api.conftest import assert_problem, body
from tests.conftest import MakeJob
from tests.pictures import store_picture

PICTURE = "page-00001-01.png"


def unpacked(content: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def test_it_gives_each_job_a_folder(as_alice: APIClient, make_job: MakeJob) -> None:
    one, two = (make_job(status="completed", filename="same name.pdf") for _ in range(2))
    store_picture(two, PICTURE, b"picture")
    answer = as_alice.get(f"/api/jobs/zip?ids={one.job_id},{two.job_id}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"].startswith('attachment; filename="markdown-')
    assert unpacked(body(answer)) == {
        f"{one.job_id}/result.md": b"# Result\n",
        f"{two.job_id}/result.md": b"# Result\n",
        f"{two.job_id}/images/{PICTURE}": b"picture",
    }


def test_it_takes_ids_as_a_form_sends_them(as_alice: APIClient, make_job: MakeJob) -> None:
    jobs = [make_job(status="completed") for _ in range(2)]
    query = "&".join(f"ids={job.job_id}" for job in (*jobs, jobs[0]))
    assert list(unpacked(body(as_alice.get(f"/api/jobs/zip?{query}")))) == [f"{job.job_id}/result.md" for job in jobs]


def test_it_keeps_them_from_being_purged_while_it_sends(as_alice: APIClient, make_job: MakeJob) -> None:
    jobs = [make_job(status="completed") for _ in range(2)]
    answer = as_alice.get(f"/api/jobs/zip?ids={jobs[0].job_id},{jobs[1].job_id}")
    assert {reading.job_id for reading in Reading.objects.all()} == {job.pk for job in jobs}
    body(answer)
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("status", "code"), [("processing", "result_not_ready"), ("failed", "no_result"), ("cancelled", "no_result")]
)
def test_it_says_which_has_no_result(as_alice: APIClient, make_job: MakeJob, status: str, code: str) -> None:
    jobs = [make_job(status="completed"), make_job(status=status)]
    assert_problem(as_alice.get(f"/api/jobs/zip?ids={jobs[0].job_id},{jobs[1].job_id}"), 404, code)
    assert not Reading.objects.exists()


def test_it_leaves_nothing_open_when_a_file_is_lost(as_alice: APIClient, make_job: MakeJob) -> None:
    jobs = [make_job(status="completed") for _ in range(2)]
    jobs[1].result.storage.delete(str(jobs[1].result.name))
    assert as_alice.get(f"/api/jobs/zip?ids={jobs[0].job_id},{jobs[1].job_id}").status_code >= 400
    assert not Reading.objects.exists()


def test_it_gives_nothing_of_others(as_alice: APIClient, as_charlie: APIClient, make_job: MakeJob) -> None:
    job = make_job(status="completed")
    assert_problem(as_charlie.get(f"/api/jobs/zip?ids={job.job_id}"), 404, "job_not_found")
    assert_problem(as_alice.get(f"/api/jobs/zip?ids={job.job_id},no_such_job"), 404, "job_not_found")


def test_it_refuses_strangers(api: APIClient, make_job: MakeJob) -> None:
    job = make_job(status="completed", owner=None)
    assert_problem(api.get(f"/api/jobs/zip?ids={job.job_id}"), 401, "login_required")


@pytest.mark.parametrize("query", ["?ids=", "", "?ids=a%00b"])
def test_it_finds_nothing_by_what_can_not_be(as_alice: APIClient, query: str) -> None:
    assert_problem(as_alice.get(f"/api/jobs/zip{query}"), 404, "job_not_found")


def test_it_refuses_too_many(as_alice: APIClient) -> None:
    ids = ",".join(f"job_{number}" for number in range(101))
    assert_problem(as_alice.get(f"/api/jobs/zip?ids={ids}"), 400, "bad_option")
