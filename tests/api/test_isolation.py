"""The job of somebody else is not there, whoever asks and whatever for."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from jobs.api.urls import router, urlpatterns
from jobs.models import Claim, Job, Page
from tests.api.conftest import assert_problem, body
from tests.conftest import MakeJob, StoredFiles
from tests.pictures import store_picture

PICTURE = "page-00001-01.png"
# Each in a state in which its owner gets what he asks for.
ADDRESSES = [
    ("GET", "", "completed"),
    ("DELETE", "", "completed"),
    ("GET", "/status", "processing"),
    ("GET", "/events", "completed"),
    ("GET", "/result", "completed"),
    ("GET", "/input", "completed"),
    ("GET", "/pages", "completed"),
    ("GET", "/pages/1", "completed"),
    ("GET", "/pages/1/image", "completed"),
    ("GET", f"/images/{PICTURE}", "completed"),
    ("POST", "/cancel", "processing"),
    ("POST", "/retry", "failed"),
    ("POST", "/keep", "completed"),
]


def everything(stored_files: StoredFiles) -> list[Any]:
    return [*(list(model.objects.order_by("pk").values()) for model in (Job, Page, Claim)), stored_files()]


@pytest.mark.parametrize(("method", "suffix", "status"), ADDRESSES)
def test_it_is_there_for_its_owner(
    as_alice: APIClient, make_job: MakeJob, method: str, suffix: str, status: str
) -> None:
    job = make_job(status=status)
    store_picture(job, PICTURE, b"")
    response = as_alice.generic(method, f"/api/jobs/{job.job_id}{suffix}")
    assert response.status_code == 200
    if response.streaming and suffix != "/events":
        body(response)


@pytest.mark.parametrize(("method", "suffix", "status"), ADDRESSES)
def test_it_is_not_there_for_others(  # noqa: PLR0917 (three of them are the case)
    others: list[APIClient], make_job: MakeJob, stored_files: StoredFiles, method: str, suffix: str, status: str
) -> None:
    job = make_job(status=status)
    store_picture(job, PICTURE, b"")
    before = everything(stored_files)
    for other in others:
        theirs = assert_problem(other.generic(method, f"/api/jobs/{job.job_id}{suffix}"), 404, "job_not_found")
        nobody = assert_problem(other.generic(method, f"/api/jobs/no_such_job{suffix}"), 404, "job_not_found")
        assert theirs["detail"] == nobody["detail"]
    assert everything(stored_files) == before


@pytest.mark.parametrize(("method", "suffix", "status"), ADDRESSES)
def test_it_is_not_there_for_nobody(  # noqa: PLR0917 (three of them are the case)
    api: APIClient, make_job: MakeJob, stored_files: StoredFiles, method: str, suffix: str, status: str
) -> None:
    job = make_job(status=status, owner=None)
    before = everything(stored_files)
    assert_problem(api.generic(method, f"/api/jobs/{job.job_id}{suffix}"), 403, "login_required")
    assert everything(stored_files) == before


@pytest.fixture
def others(bob: User, charlie: User) -> list[APIClient]:
    """Whoever is not Alice, the staff among them."""
    clients = [APIClient(), APIClient()]
    for client, person in zip(clients, (bob, charlie), strict=True):
        client.force_authenticate(person)
    return clients


@pytest.mark.parametrize("path", ["/media/jobs/{}/input.pdf", "/jobs/{}/result.md", "/static/jobs/{}/input.pdf"])
def test_it_has_no_address_of_its_file(as_alice: APIClient, make_job: MakeJob, path: str) -> None:
    assert as_alice.get(path.format(make_job(status="completed").job_id)).status_code == 404


def test_it_covers_all_addresses_of_a_job() -> None:
    patterns = [str(found.pattern.regex.pattern) for found in (*router.urls, *urlpatterns)]
    suffixes = {_with_values(pattern.split(")", 1)[1]) for pattern in patterns if "job_id" in pattern}
    assert suffixes == {suffix for _, suffix, _ in ADDRESSES}


def _with_values(suffix: str) -> str:
    """A pattern's part behind the job id, with the values of `ADDRESSES` in its groups."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda group: {"number": "1", "name": PICTURE}[group[1]], suffix).rstrip("$")
