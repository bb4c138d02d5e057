"""`manage.py serve` refuses what can't work, before it starts anything."""

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings


@pytest.fixture
def shared(settings: Settings) -> None:
    """Database and storage as several machines have them."""
    settings.DATABASE_URL = "postgres://database/pdfjobs"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


def refusal(*options: str) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("serve", *options, skip_checks=True)
    return str(refused.value)


@pytest.mark.parametrize("part", ["--web-only", "--workers-only"])
def test_it_needs_a_shared_database_for_a_part(part: str) -> None:
    assert "Set DATABASE_URL" in refusal(part)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("part", ["--web-only", "--workers-only"])
def test_it_needs_a_shared_storage_for_a_part(settings: Settings, part: str) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    }
    assert "Set AWS_STORAGE_BUCKET_NAME" in refusal(part)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--web-only", "--workers-only"), "not allowed with"),
        (("--web-only", "--workers", "2"), "no --workers"),
        (("--workers-only", "--host", "0.0.0.0"), "no --host"),
        (("--workers-only", "--port", "8001"), "no --port"),
        (("--workers", "0"), "at least 1"),
    ],
)
def test_it_refuses_options_that_contradict_each_other(options: tuple[str, ...], said: str) -> None:
    assert said in refusal(*options)


@pytest.mark.usefixtures("shared")
def test_it_asks_for_a_login_in_public_also_without_workers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PDFJOBS_REQUIRE_LOGIN", "false")
    settings.REQUIRE_LOGIN = False
    assert "no login is asked for" in refusal("--web-only", "--host", "0.0.0.0")
