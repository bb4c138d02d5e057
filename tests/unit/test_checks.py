"""What is wrong with the settings is said before the server starts."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connection
from pytest_django import Settings

from jobs.checks import check_secret_key
from jobs.limits import cores


def ids() -> set[str]:
    return {message.id or "" for message in run_checks() if (message.id or "").startswith("jobs.")}


def test_it_has_nothing_to_say_about_the_defaults(settings: Settings) -> None:
    settings.WORKERS = 0
    assert ids() == set()


@pytest.mark.parametrize(
    ("key", "name", "wrong"),
    [
        ("jobs.E001", "MAX_UPLOAD_MB", (0, -1, 100_001)),
        ("jobs.E002", "MAX_PAGES", (0, -1, 1_000_001)),
        ("jobs.E003", "PAGE_TIMEOUT_S", (0, -1, 3601)),
        ("jobs.E004", "PAGE_MEMORY_MB", (0, 599, 1_000_001)),
        ("jobs.E005", "WORKERS", (-1, 257)),
        ("jobs.E007", "MAX_JOBS", (0, -1)),
        ("jobs.E008", "MAX_STORAGE_GB", (0, -1)),
        ("jobs.E009", "RETENTION_DAYS", (-1,)),
        ("jobs.E010", "MIN_FREE_DISK_MB", (0, 9)),
        ("jobs.E041", "VISION_CONCURRENCY", (0, 257)),
        ("jobs.E042", "VISION_TIMEOUT_S", (0, 3601)),
        ("jobs.E043", "VISION_DPI", (35, 601)),
        ("jobs.E044", "VISION_MAX_TOKENS", (0, 1_000_001)),
        ("jobs.E021", "USER_REQUESTS_PER_MINUTE", (-1,)),
        ("jobs.E022", "USER_UPLOADS_PER_HOUR", (-1,)),
        ("jobs.E023", "USER_ACTIVE_PAGES", (-1,)),
        ("jobs.E024", "USER_STORAGE_GB", (-0.5,)),
        ("jobs.E025", "TRUSTED_PROXIES", (-1, 11)),
        ("jobs.W001", "WORKERS", (cores() + 1,)),
    ],
)
def test_it_names_a_setting_that_can_not_work(settings: Settings, key: str, name: str, wrong: tuple[int, ...]) -> None:
    for value in wrong:
        setattr(settings, name, value)
        (message,) = [message for message in run_checks() if message.id == key]
        assert f"PDFJOBS_{name} is {value}" in message.msg
        assert message.hint


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("MAX_UPLOAD_MB", (1, 100_000)),
        ("MAX_PAGES", (1, 1_000_000)),
        ("PAGE_TIMEOUT_S", (1, 3600)),
        ("PAGE_MEMORY_MB", (600, 1_000_000)),
        ("WORKERS", (0, cores())),
        ("MAX_JOBS", (1, 10_000_000)),
        ("RETENTION_DAYS", (0, 36_500)),
        ("MIN_FREE_DISK_MB", (10, 1_000_000)),
    ],
)
def test_it_accepts_the_ends_of_the_range(settings: Settings, name: str, right: tuple[int, ...]) -> None:
    settings.MAX_STORAGE_GB = 1000
    settings.WORKERS = 0
    for value in right:
        setattr(settings, name, value)
        assert ids() == set()


def test_it_accepts_a_data_folder_that_is_still_to_be_made(settings: Settings, tmp_path: Path) -> None:
    settings.WORKERS = 0
    settings.DATA_DIR = tmp_path / "not" / "yet" / "there"
    assert ids() == set()


def test_it_names_a_data_folder_that_can_not_be(settings: Settings, tmp_path: Path) -> None:
    """Below a file, for that stops even the administrator who runs the tests."""
    (tmp_path / "file").write_text("")
    settings.DATA_DIR = tmp_path / "file" / "data"
    (message,) = [message for message in run_checks() if message.id == "jobs.E006"]
    assert str(settings.DATA_DIR) in message.msg
    assert "PDFJOBS_DATA_DIR" in (message.hint or "")


@pytest.mark.parametrize("networks", [["10.1.0.0/33"], ["10.0.0.0/8", "here"], ["10.1.2.3/8"], ["true", "10.0.0.0/8"]])
def test_it_names_networks_that_can_not_be(settings: Settings, networks: list[str]) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = networks
    (message,) = [message for message in run_checks() if message.id == "jobs.E031"]
    assert "PDFJOBS_WEBHOOK_ALLOW_PRIVATE" in message.msg


@pytest.mark.parametrize("networks", [[], [""], ["true"], ["false"], ["10.0.0.0/8", " fd00::/8"], ["192.168.1.7"]])
def test_it_accepts_networks_for_webhooks(settings: Settings, networks: list[str]) -> None:
    settings.WORKERS, settings.WEBHOOK_ALLOW_PRIVATE = 0, networks
    assert ids() == set()


@pytest.mark.parametrize(
    "url", ["pdf.example.org", "https://", "https://a:b@pdf.example.org", "https://x y", "ftp://x"]
)
def test_it_names_a_public_address_that_can_not_be(settings: Settings, url: str) -> None:
    settings.PUBLIC_URL = url
    assert "jobs.E032" in ids()
    settings.WORKERS, settings.PUBLIC_URL = 0, "https://pdf.example.org/sub"
    assert ids() == set()


@pytest.mark.parametrize(
    ("key", "url", "model", "preset"),
    [
        ("jobs.E045", "http://127.0.0.1:1/v1", "", ""),
        ("jobs.E045", "", "reader-1", ""),
        ("jobs.E046", "127.0.0.1:1/v1", "reader-1", ""),
        ("jobs.E046", "ftp://127.0.0.1/v1", "reader-1", ""),
        ("jobs.E046", "http://[::1/v1", "reader-1", ""),
        ("jobs.E047", "http://127.0.0.1:1/v1", "reader-1", "mine"),
        ("", "http://127.0.0.1:1/v1", "reader-1", "olmocr"),
        ("", "https://models.example.org", "reader-1", ""),
    ],
)
def test_it_names_a_vision_model_that_can_not_be_asked(
    settings: Settings, key: str, url: str, model: str, preset: str
) -> None:
    settings.WORKERS = 0
    settings.VISION_BASE_URL, settings.VISION_MODEL, settings.VISION_PRESET = url, model, preset
    assert ids() == {key} - {""}


@pytest.mark.parametrize(
    ("vendor", "given", "found"),
    [
        ("sqlite", False, False),
        ("postgresql", True, False),
        ("postgresql", False, True),
    ],
)
def test_it_wants_one_secret_key_for_all_machines(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, vendor: str, given: bool, found: bool
) -> None:
    monkeypatch.setattr(connection, "vendor", vendor)
    settings.SECRET_KEY_GIVEN = given
    assert [message.id for message in check_secret_key(None)] == ["jobs.E061"] * found


def test_it_warns_of_a_cache_that_is_smaller_than_an_upload(settings: Settings) -> None:
    settings.CACHE_GB = 0.5
    assert ids() & {"jobs.W003"} == set()
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    assert "jobs.W003" in ids()
