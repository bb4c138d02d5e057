"""Every refusal is a problem document: RFC 9457, with a stable code and the request's id."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from rest_framework.test import APIClient

from tests import pdfs
from tests.api.conftest import assert_problem, multipart
from tests.conftest import MakeJob


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/api/", "/api/jobs/", "/api/jobs/a/nothing", "/api/upload/", "/api/jobs/a/pages/"]
)
def test_it_says_that_an_address_leads_nowhere(as_alice: APIClient, path: str) -> None:
    assert_problem(as_alice.get(path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/upload", "POST, OPTIONS"),
        ("POST", "/api/jobs", "GET, HEAD, OPTIONS"),
        ("PUT", "/api/jobs/a", "GET, DELETE, HEAD, OPTIONS"),
        ("PATCH", "/api/jobs/a", "GET, DELETE, HEAD, OPTIONS"),
        ("DELETE", "/api/jobs/a/result", "GET, HEAD, OPTIONS"),
        ("GET", "/api/jobs/a/cancel", "POST, OPTIONS"),
    ],
)
def test_it_says_which_methods_there_are(as_alice: APIClient, method: str, path: str, allowed: str) -> None:
    response = as_alice.generic(method, path)
    assert method in assert_problem(response, 405, "method_not_allowed")["detail"]
    assert response["Allow"] == allowed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/jobs"),
        ("GET", "/api/jobs/a"),
        ("GET", "/api/jobs/a/status"),
        ("DELETE", "/api/jobs/a"),
        ("POST", "/api/upload"),
    ],
)
def test_it_asks_for_a_login(api: APIClient, method: str, path: str) -> None:
    detail = assert_problem(api.generic(method, path), 401, "login_required")["detail"]
    assert "Log in" in detail


def test_it_guards_a_browser_s_session_against_other_sites(alice: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.get("/api/jobs").status_code == 200
    assert_problem(client.post("/api/upload", **multipart(pdfs.pages(1), "a.pdf")), 403, "forbidden")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*", "*/*", "nonsense", ""])
def test_it_does_not_care_what_a_client_would_rather_have(as_alice: APIClient, accept: str) -> None:
    assert as_alice.get("/api/jobs", headers={"Accept": accept})["Content-Type"] == "application/json"
    assert_problem(as_alice.get("/api/jobs/a", headers={"Accept": accept}), 404, "job_not_found")


def test_it_does_not_answer_for_another_host(as_alice: APIClient) -> None:
    assert_problem(as_alice.get("/api/jobs", headers={"Host": "evil.example"}), 400, "bad_request")


@pytest.mark.without("s3")
def test_it_says_nothing_of_its_own_mistakes(as_alice: APIClient, make_job: MakeJob, settings: Settings) -> None:
    """A folder in the place of the result, for want of a better one."""
    job = make_job(status="completed")
    Path(job.result.path).unlink()
    Path(job.result.path).mkdir()
    as_alice.raise_request_exception = False
    response = as_alice.get(f"/api/jobs/{job.job_id}/result")
    assert_problem(response, 500, "server_error")
    assert str(settings.MEDIA_ROOT) not in response.content.decode()


def test_it_refuses_another_site_in_open_mode(api: APIClient, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    assert_problem(api.post("/api/upload", headers={"Origin": "https://evil.example"}), 403, "cross_site")


@pytest.mark.parametrize("path", ["/jobs/%00", "/api/jobs/%00", "/api/jobs/a%00/status", "/jobs/a%00b"])
def test_it_finds_nothing_where_no_database_would_look(as_alice: APIClient, alice: User, path: str) -> None:
    as_alice.force_login(alice)
    assert as_alice.get(path).status_code == 404


@pytest.mark.parametrize("query", ["search=%00", "search=a%00b", "ids=%00", "search=%ED%A0%80", "search=%25_%5C"])
def test_it_looks_for_what_no_row_can_hold(as_alice: APIClient, make_job: MakeJob, query: str) -> None:
    make_job()
    assert as_alice.get(f"/api/jobs?{query}").status_code in (200, 400)
