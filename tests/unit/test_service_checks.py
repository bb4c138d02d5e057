"""Wrong and half settings of PostgreSQL, Redis and S3 are refused before the server starts, and no secret is said."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from pdfjobs_site.database import database, share_connections
from tests.unit.test_settings import check

BUCKET = {"AWS_STORAGE_BUCKET_NAME": "jobs"}
NOTHING = {
    "REDIS_URL": "",
    "AWS_STORAGE_BUCKET_NAME": "",
    "AWS_S3_ENDPOINT_URL": "",
    "AWS_S3_ADDRESSING_STYLE": "",
    "AWS_LOCATION": "",
    "AWS_ACCESS_KEY_ID": "",
    "AWS_SECRET_ACCESS_KEY": "",
    "DOWNLOAD_REDIRECT": False,
}


def found(settings: Settings, **changes: Any) -> dict[str, str]:
    """What is found wrong with these settings: hints by ids."""
    for name, value in {**NOTHING, **changes}.items():
        setattr(settings, name, value)
    return {message.id or "": message.hint or "" for message in run_checks() if "jobs." in (message.id or "")}


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"REDIS_URL": "redis://localhost"},
        {"REDIS_URL": "rediss://:secret@queue.example.org:6380/3"},
        {"REDIS_URL": "unix:///run/redis.sock?db=1"},
        {**BUCKET},
        {**BUCKET, "AWS_S3_ENDPOINT_URL": "http://store:9000", "AWS_S3_ADDRESSING_STYLE": "virtual"},
        {**BUCKET, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "DOWNLOAD_REDIRECT": True},
        {"AWS_ACCESS_KEY_ID": "somebody's, for something else"},
    ],
)
def test_it_takes(settings: Settings, good: dict[str, Any]) -> None:
    assert found(settings, **good) == {}


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("jobs.E050", {"DATABASE_POOL": 0}),
        ("jobs.E051", {"REDIS_URL": "localhost:6379"}),
        ("jobs.E051", {"REDIS_URL": "http://localhost"}),
        ("jobs.E051", {"REDIS_URL": "redis://"}),
        ("jobs.E051", {"REDIS_URL": "redis://localhost:many"}),
        ("jobs.E051", {"REDIS_URL": "redis://localhost/first"}),
        ("jobs.E052", {"AWS_STORAGE_BUCKET_NAME": "s3://jobs/here"}),
        ("jobs.E053", {**BUCKET, "AWS_S3_ENDPOINT_URL": "store:9000"}),
        ("jobs.E053", {**BUCKET, "AWS_S3_ENDPOINT_URL": "http://key:secret@store"}),
        ("jobs.E054", {**BUCKET, "AWS_ACCESS_KEY_ID": "key"}),
        ("jobs.E054", {**BUCKET, "AWS_SECRET_ACCESS_KEY": "secret"}),
        ("jobs.E055", {"AWS_S3_ENDPOINT_URL": "http://store:9000"}),
        ("jobs.E055", {"DOWNLOAD_REDIRECT": True}),
        ("jobs.E056", {**BUCKET, "AWS_S3_ADDRESSING_STYLE": "straight"}),
    ],
)
def test_it_refuses(settings: Settings, key: str, wrong: dict[str, Any]) -> None:
    hints = found(settings, **wrong)
    assert set(hints) == {key}
    assert hints[key]


def test_it_refuses_a_database_without_a_name() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        database("postgres://user:hidden@localhost", 5)
    assert "hidden" not in str(refused.value)


def test_it_bounds_how_long_postgresql_is_waited_for() -> None:
    assert database("postgres://localhost/jobs", 7)["OPTIONS"]["connect_timeout"] == 7
    assert database("postgres://localhost/jobs?connect_timeout=2", 7)["OPTIONS"]["connect_timeout"] == 2


def test_it_has_the_web_s_threads_share_connections_of_postgresql_only() -> None:
    shared = database("postgres://localhost/jobs", 7)
    share_connections(shared, most=3, wait_s=1)
    assert (shared["CONN_MAX_AGE"], shared["OPTIONS"]["pool"]["max_size"]) == (0, 3)
    file = database("sqlite:///jobs.sqlite3", 7)
    share_connections(file, most=3, wait_s=1)
    assert file["CONN_MAX_AGE"] > 0


def test_it_refuses_them_at_the_start(tmp_path: Path) -> None:
    answer = check(tmp_path, REDIS_URL="queue", AWS_STORAGE_BUCKET_NAME="jobs", AWS_S3_ENDPOINT_URL="store")
    assert answer.returncode == 1
    assert "jobs.E051" in answer.stderr
    assert "jobs.E053" in answer.stderr
