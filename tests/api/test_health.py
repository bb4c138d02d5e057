"""GET /api/health/live and /ready"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from jobs.api import health
from jobs.models import Node
from jobs.models.node import SILENCE
from tests.api.conftest import Answer
from tests.conftest import StoredFiles

OK = {"status": "ok"}


@pytest.fixture
def ready(transactional_db: None, api: APIClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Answer]:
    """Asks, after whatever was remembered is forgotten."""

    def ask() -> Answer:
        monkeypatch.setattr(health._Last, "at", -health._REMEMBERED_S)
        return api.get("/api/health/ready")

    return ask


Ready = Callable[[], Answer]


def beat(ago: timedelta = timedelta()) -> None:
    Node.objects.create(name="here", workers=2, seen_at=timezone.now() - ago)


def test_it_is_alive_without_database_or_login(api: APIClient) -> None:
    response = api.get("/api/health/live")
    assert (response.status_code, response.json()) == (200, OK)


def test_it_answers_probes_by_whatever_name_they_ask(api: APIClient) -> None:
    assert api.get("/api/health/live", HTTP_HOST="10.0.0.7:8000").status_code == 200
    assert api.get("/api/limits", HTTP_HOST="10.0.0.7:8000").status_code == 400


def test_it_is_ready_when_all_parts_are(ready: Ready, stored_files: StoredFiles) -> None:
    beat()
    response = ready()
    assert response.status_code == 200
    assert response.json() == {**OK, "checks": dict.fromkeys(("database", "storage", "broker", "workers"), OK)}
    assert stored_files() == []


def test_it_is_not_ready_when_nothing_can_be_stored(ready: Ready, settings: Settings) -> None:
    beat()
    (settings.MEDIA_ROOT / "file").write_text("")
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT / "file" / "below"
    response = ready()
    assert response.status_code == 503
    assert response.json()["status"] == "failing"
    assert response.json()["checks"]["storage"] == {"status": "failing", "why": "Files can't be stored."}
    assert response.json()["checks"]["database"] == OK
    assert str(settings.MEDIA_ROOT) not in response.content.decode()


def test_it_serves_on_without_workers_and_says_so(ready: Ready) -> None:
    beat(SILENCE + timedelta(seconds=1))
    response = ready()
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["checks"]["workers"]["status"] == "failing"


def test_it_does_not_miss_a_worker_that_is_late_with_a_beat(ready: Ready) -> None:
    beat(SILENCE - timedelta(seconds=5))
    assert ready().json()["status"] == "ok"


def test_it_looks_once_a_second_at_most(ready: Ready, api: APIClient) -> None:
    assert ready().json()["status"] == "degraded"
    beat()
    assert api.get("/api/health/ready").json()["status"] == "degraded"
    assert ready().json()["status"] == "ok"
