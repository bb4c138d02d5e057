"""Authorization: Bearer"""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from jobs import services
from jobs.models import Job, Token
from tests import pdfs
from tests.api.conftest import assert_problem, multipart
from tests.conftest import MakeJob


@pytest.fixture
def made(alice: User) -> services.Made:
    return services.make_token(alice, "office")


def with_token(secret: str, scheme: str = "Bearer", **options: Any) -> APIClient:
    client = APIClient(**options)
    client.credentials(HTTP_AUTHORIZATION=f"{scheme} {secret}")
    return client


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_it_lets_its_user_in(made: services.Made, make_job: MakeJob, charlie: User, scheme: str) -> None:
    job = make_job()
    make_job(owner=charlie)
    listed = with_token(made.secret, scheme).get("/api/jobs").json()["jobs"]
    assert [each["job_id"] for each in listed] == [job.job_id]


def test_it_needs_no_csrf_token(made: services.Made, alice: User) -> None:
    client = with_token(made.secret, enforce_csrf_checks=True)
    assert client.post("/api/upload", **multipart(pdfs.pages(1), "a.pdf")).status_code == 202
    assert Job.objects.get().owner == alice


def test_it_comes_before_the_session(made: services.Made, alice: User, charlie: User) -> None:
    client = with_token(made.secret, enforce_csrf_checks=True)
    client.force_login(charlie)
    client.post("/api/upload", **multipart(pdfs.pages(1), "a.pdf"))
    assert Job.objects.get().owner == alice


@pytest.mark.parametrize("secret", ["", "wrong", "pdfjobs_wrong", "pdfjobs_\xff", "a b", "\x00"], ids=repr)
@pytest.mark.parametrize("require_login", [True, False])
def test_it_refuses_a_wrong_one_also_in_open_mode(
    settings: Settings, db: None, secret: str, require_login: bool
) -> None:
    settings.REQUIRE_LOGIN = require_login
    answer = with_token(secret).get("/api/jobs")
    assert_problem(answer, 401, "bad_token")
    assert answer["WWW-Authenticate"] == 'Bearer realm="pdfjobs", error="invalid_token"'


def test_it_refuses_a_wrong_one_also_beside_a_session(client: APIClient, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/api/jobs", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_it_asks_for_one_where_there_is_none(api: APIClient, db: None) -> None:
    assert api.get("/api/jobs")["WWW-Authenticate"] == 'Bearer realm="pdfjobs"'


def test_it_looks_at_no_other_scheme(made: services.Made) -> None:
    assert_problem(with_token(made.secret, "Basic").get("/api/jobs"), 401, "login_required")


def test_it_refuses_what_was_revoked_at_once(made: services.Made) -> None:
    client = with_token(made.secret)
    assert client.get("/api/jobs").status_code == 200
    services.revoke_token(made.token)
    assert client.get("/api/jobs").status_code == 401


def test_it_refuses_what_has_expired(made: services.Made) -> None:
    Token.objects.update(expires_at=timezone.now())
    assert with_token(made.secret).get("/api/jobs").status_code == 401


def test_it_refuses_a_user_who_is_not_active(made: services.Made, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert with_token(made.secret).get("/api/jobs").status_code == 401


def test_it_notes_the_last_use_once_a_minute(
    made: services.Made, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def last_used() -> Any:
        return Token.objects.get().last_used_at

    client = with_token(made.secret)
    client.get("/api/jobs")
    first = last_used()
    assert timezone.now() - first < timedelta(seconds=30)
    with django_assert_num_queries(1):
        services.user_of_token(made.secret)
    assert last_used() == first
    Token.objects.update(last_used_at=first - timedelta(seconds=61))
    client.get("/api/jobs")
    assert last_used() >= first


def test_it_is_kept_as_a_digest_only(made: services.Made) -> None:
    row = str(Token.objects.values().get())
    assert made.secret not in row
    assert made.secret[20:] not in row
    assert made.token.prefix == made.secret[:14]
    assert len(made.secret) > 50


def test_it_is_on_no_log_line(made: services.Made, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        with_token(made.secret).get("/api/jobs/nothing")
        with_token(f"{made.secret}x").get("/api/jobs")
    assert caplog.records
    assert made.secret not in caplog.text


def test_it_is_no_page_of_another_site(made: services.Made, settings: Settings) -> None:
    """A page can't send the header without asking first, and the answer to that allows nothing."""
    settings.REQUIRE_LOGIN = False
    client = with_token(made.secret)
    elsewhere = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    body = multipart(pdfs.pages(1), "a.pdf")
    assert client.post("/api/upload", **body, headers=elsewhere).status_code == 202
    assert_problem(APIClient().post("/api/upload", **body, headers=elsewhere), 403, "cross_site")
    asked = {**elsewhere, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = APIClient().options("/api/upload", headers=asked)
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_it_does_not_open_the_pages(made: services.Made, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    client = with_token(made.secret)
    assert client.post("/logout", headers={"Origin": "https://elsewhere.example"}).status_code == 403
    settings.REQUIRE_LOGIN = True
    assert client.get("/").status_code == 302


def test_it_has_to_name_the_server_by_its_name(made: services.Made) -> None:
    assert_problem(with_token(made.secret).get("/api/jobs", headers={"Host": "evil.example"}), 400, "bad_request")


def test_it_is_for_one_of_many(alice: User) -> None:
    secrets = {services.make_token(alice, "same name").secret for _ in range(3)}
    assert len(secrets) == 3
    assert all(with_token(secret).get("/api/jobs").status_code == 200 for secret in secrets)
