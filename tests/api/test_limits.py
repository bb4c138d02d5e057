"""GET /api/limits"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from jobs.services import allowances
from tests import pdfs
from tests.api.conftest import Send, assert_problem
from tests.conftest import MakeJob

GIB = 1024**3


@pytest.fixture(autouse=True)
def a_process_that_has_just_started() -> Iterator[None]:
    allowances.forget_shares()
    yield
    allowances.forget_shares()


def limits(client: APIClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/limits").json()
    return found


def test_it_tells_what_holds_for_uploads(as_alice: APIClient, settings: Settings) -> None:
    settings.MAX_UPLOAD_MB, settings.MAX_PAGES, settings.PAGE_TIMEOUT_S = 7, 11, 13
    found = limits(as_alice)
    assert (found["upload_bytes"], found["pages"], found["page_seconds"]) == (7 * 1024**2, 11, 13)
    assert found["page_memory_mb"] == settings.PAGE_MEMORY_MB


def test_it_tells_what_may_be_chosen(as_alice: APIClient, settings: Settings, send: Send) -> None:
    settings.EXTRA_ENGINES = {}
    found = limits(as_alice)
    assert (found["engines"], found["default_engine"]) == (["layout", "fast", "auto"], "layout")
    assert (found["vision_model"], found["prompt_characters"]) == (None, 0)
    assert {"deu", "eng", "jpn"} <= set(found["ocr_languages"])
    settings.VISION_BASE_URL, settings.VISION_MODEL = "http://127.0.0.1:9/v1", "olmocr"
    found = limits(as_alice)
    assert "vision" in found["engines"]
    assert (found["vision_model"], found["prompt_characters"]) == ("olmocr", 10_000)
    for engine in found["engines"]:
        assert send(pdfs.pages(1), engine=engine).status_code == 202


def test_it_tells_how_long_results_stay(as_alice: APIClient, settings: Settings) -> None:
    assert limits(as_alice)["retention"] == {"max_jobs": 100, "max_bytes": 10 * GIB, "unused_seconds": None}
    settings.RETENTION_DAYS = 0.5
    assert limits(as_alice)["retention"]["unused_seconds"] == 12 * 3600


def test_it_has_no_limits_of_one_s_own_unless_they_are_set(as_alice: APIClient) -> None:
    assert set(limits(as_alice)["own"].values()) == {None}


def test_it_tells_what_is_left(as_alice: APIClient, as_charlie: APIClient, settings: Settings, send: Send) -> None:
    settings.USER_UPLOADS_PER_HOUR, settings.USER_ACTIVE_PAGES, settings.USER_STORAGE_GB = 2, 10, 1
    before = limits(as_alice)["own"]
    assert before["uploads_per_hour"] == {"limit": 2, "left": 2, "anew_at": None}
    assert before["stored_bytes"] == {"limit": GIB, "left": GIB, "anew_at": None}
    send(pdfs.pages(3))
    own = limits(as_alice)["own"]
    assert (own["uploads_per_hour"]["left"], own["active_pages"]["left"]) == (1, 7)
    assert own["uploads_per_hour"]["anew_at"].endswith("Z")
    assert own["stored_bytes"]["left"] < GIB
    send(pdfs.pages(3))
    assert limits(as_alice)["own"]["uploads_per_hour"]["left"] == 0
    assert limits(as_charlie)["own"]["uploads_per_hour"]["left"] == 2


@pytest.mark.parametrize("most", [1, 50])
def test_it_counts_requests_as_they_are_counted(as_alice: APIClient, settings: Settings, most: int) -> None:
    settings.USER_REQUESTS_PER_MINUTE = most
    told = [limits(as_alice)["own"]["requests_per_minute"]["left"] for _ in range(most)]
    assert told == list(range(most - 1, -1, -1))
    assert_problem(as_alice.get("/api/limits"), 429, "too_many_requests")


def test_it_never_says_less_than_nothing(as_alice: APIClient, settings: Settings, make_job: MakeJob) -> None:
    make_job(total_pages=9)
    settings.USER_ACTIVE_PAGES, settings.USER_STORAGE_GB = 5, 0.0000001
    own = limits(as_alice)["own"]
    assert (own["active_pages"]["left"], own["stored_bytes"]["left"]) == (0, 0)


def test_it_asks_the_database_nothing_where_nothing_is_limited(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = APIClient()
    client.force_authenticate(alice)
    with django_assert_num_queries(0):
        client.get("/api/limits")
