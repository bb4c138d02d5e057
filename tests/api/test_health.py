"""GET /api/health/live and /ready"""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from tests.conftest import StoredFiles


def test_it_is_alive_without_database_or_login(api: APIClient) -> None:
    response = api.get("/api/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_it_is_ready_when_database_and_storage_are(
    api: APIClient, django_assert_num_queries: DjangoAssertNumQueries, stored_files: StoredFiles
) -> None:
    with django_assert_num_queries(1):
        response = api.get("/api/health/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": "ok", "storage": "ok"}}
    assert stored_files() == []


@pytest.mark.django_db
def test_it_is_not_ready_when_nothing_can_be_stored(api: APIClient, settings: Settings) -> None:
    (settings.MEDIA_ROOT / "file").write_text("")
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT / "file" / "below"
    response = api.get("/api/health/ready")
    assert response.status_code == 503
    assert response.json() == {"status": "failing", "checks": {"database": "ok", "storage": "failing"}}
    assert str(settings.MEDIA_ROOT) not in response.content.decode()
