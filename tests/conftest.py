"""The people, the clients and the jobs of the tests. Nothing of a test stays: its data is in folders of its own."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
import pytest

from tests.servers import chosen

# Before the settings are read. The processes that tests start inherit it.
_until_end = ExitStack()
os.environ["PDFJOBS_DATA_DIR"] = _until_end.enter_context(TemporaryDirectory(prefix="pdfjobs-tests-"))
chosen.start(_until_end)
os.environ["DJANGO_SETTINGS_MODULE"] = "pdfjobs_site.settings"
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.translation import deactivate  # noqa: E402
from django_q.brokers import get_broker  # noqa: E402
from pytest_django import DjangoDbBlocker, Settings  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from jobs import (  # noqa: E402
    crew,
    services,
    storage,
    watching,
)
from jobs.models import Job, Page, WebhookDelivery, WebhookEndpoint  # noqa: E402
from jobs.models.job import Status  # noqa: E402
from jobs.pipeline import conversion  # noqa: E402
from jobs.pipeline.advance import advance  # noqa: E402
from jobs.services.submission import new_job_id  # noqa: E402
from tests import pdfs  # noqa: E402
from tests.engines import fake  # noqa: E402

MakeJob = Callable[..., Job]
Work = Callable[[], None]
StoredFiles = Callable[[], list[str]]

WEBHOOK_URL = "https://93.184.216.34/hook?a=1&b=2"

# A queue that does not run dry is a fault, not a reason to wait.
_MOST_TURNS = 500

_THROW_OTHERS_OUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def pytest_unconfigure() -> None:
    _until_end.close()


@pytest.fixture(autouse=True)
def own_settings(settings: Settings, tmp_path: Path) -> None:
    """What tests agree on, whatever the environment and `.env` say."""
    settings.DATA_DIR = tmp_path
    settings.RUN_DIR = tmp_path / "run"
    settings.CACHE_DIR = tmp_path / "cache"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "media" / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir(parents=True)
    settings.REQUIRE_LOGIN = True
    settings.WORKERS = 2
    settings.TROUBLE_SECONDS = 0
    crew.forget()
    cache.clear()
    settings.PUBLIC_URL = ""
    settings.WEBHOOK_ALLOW_PRIVATE = []
    settings.VISION_BASE_URL = settings.VISION_MODEL = settings.VISION_API_KEY = settings.VISION_PRESET = ""
    settings.EXTRA_ENGINES = {"fake": "tests.engines.fake"}
    # Else each new client lists all static files, which takes longer than a test.
    settings.SERVESTATIC_USE_FINDERS = settings.SERVESTATIC_USE_STATIC_ROOT = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The tests' database; PostgreSQL removes it only when nobody is connected any more."""
    yield
    if "postgres" in chosen.CHOSEN:
        watching._thread.submit(connections.close_all).result()
        with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
            cursor.execute(_THROW_OTHERS_OUT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    elsewhere = pytest.mark.skip(reason="looks at what this run has elsewhere")
    for item in items:
        if any(chosen.CHOSEN.intersection(mark.args) for mark in item.iter_markers("without")):
            item.add_marker(elsewhere)


@pytest.fixture(autouse=True)
def own_place(own_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of other tests is in the queue or the bucket, where these are real ones."""
    if "postgres" in chosen.CHOSEN:
        # Else a thread that has ended leaves a connection.
        monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    if "redis" in chosen.CHOSEN:
        get_broker().delete_queue()
    if "s3" in chosen.CHOSEN:
        default_storage.location = chosen.new_prefix()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """What a test's client asked for is not what the next test is told."""
    yield
    deactivate()


@pytest.fixture
def alice(db: None) -> User:
    """Owns the jobs. All of them have the password "secret"."""
    return User.objects.create_user("alice", password="secret")


@pytest.fixture
def bob(db: None) -> User:
    """Runs the server."""
    return User.objects.create_user("bob", password="secret", is_staff=True, is_superuser=True)


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger: must see nothing of Alice's."""
    return User.objects.create_user("charlie", password="secret")


@pytest.fixture
def api() -> APIClient:
    """A client of the API who is nobody until `api.force_authenticate(alice)`."""
    return APIClient()


@pytest.fixture
def make_job(alice: User) -> MakeJob:
    """Makes a job of Alice's with its pages and files: `make_job(status="completed", total_pages=5, pages_failed=1)`.

    Counts and times that are not said fit the status. Of the pages the failed ones come after the good ones.
    `pdf` is the file's content, `numbers` are the pages' numbers.
    """

    def make(*, pdf: bytes | None = None, numbers: list[int] | None = None, **changes: Any) -> Job:
        status = Status(changes.pop("status", Status.PENDING))
        total = changes.pop("total_pages", len(numbers or [1, 2, 3]))
        content = pdf or pdfs.pages(min(total, 3))
        fields = {
            "owner": alice,
            "filename": "report.pdf",
            "engine": "fake",
            "input_bytes": len(content),
            "total_pages": total,
            "status": status,
            **_fitting(status, total),
            **changes,
        }
        job = Job(**{"job_id": new_job_id(fields["filename"], timezone.now()), **fields})
        job.input.save("input.pdf", ContentFile(content), save=False)
        if status == Status.COMPLETED and "result" not in changes:
            job.result.save("result.md", ContentFile(b"# Result\n"), save=False)
            job.result_bytes = job.result.size
        rows = _pages(job, numbers or list(range(1, total + 1)))
        job.stored_bytes = storage.bytes_of(job.job_id)
        job.page_bytes = sum(row.text_bytes for row in rows)
        job.save()
        Page.objects.bulk_create(rows)
        return job

    return make


@pytest.fixture
def webhook(alice: User) -> WebhookEndpoint:
    """A standing webhook of Alice's."""
    return WebhookEndpoint.objects.create(owner=alice, url=WEBHOOK_URL)


@pytest.fixture
def delivery(webhook: WebhookEndpoint, make_job: MakeJob) -> WebhookDelivery:
    """What it is told of the end of a job."""
    services.cancel(make_job())
    return WebhookDelivery.objects.get()


def _fitting(status: Status, total: int) -> dict[str, Any]:
    now = timezone.now()
    begun = {"started_at": now, "last_served_at": now}
    fitting: dict[Status, dict[str, Any]] = {
        Status.PENDING: {},
        Status.PROCESSING: begun,
        Status.COMPLETED: {**begun, "pages_done": total, "completed_at": now},
        Status.FAILED: {
            **begun,
            "pages_done": total,
            "pages_failed": total,
            "completed_at": now,
            "error": "None of its pages could be converted.",
        },
        Status.CANCELLED: {"completed_at": now},
    }
    return fitting[status]


def _pages(job: Job, numbers: list[int]) -> list[Page]:
    good = job.pages_done - job.pages_failed
    rows = [Page(job=job, number=number) for number in numbers]
    for row in rows[: job.pages_done]:
        row.attempts, row.converted_at = 1, timezone.now()
    for row in rows[:good]:
        row.status, row.markdown, row.seconds = Page.Status.DONE, fake.text_of(row.number), 0.5
    for row in rows[good : job.pages_done]:
        row.status, row.error_code, row.error = Page.Status.FAILED, "engine", "The converter stopped on it."
    return rows


@pytest.fixture
def work(db: None) -> Work:
    """`work()` does in this process what the workers do, until nothing waits any more."""

    def run_dry() -> None:
        for _ in range(_MOST_TURNS):
            if not advance():
                return
        pytest.fail(f"The queue did not run dry in {_MOST_TURNS} turns.")

    return run_dry


@pytest.fixture(autouse=True)
def own_sandboxes() -> Iterator[None]:
    """No sandbox outlives its test: the next one's has other limits."""
    yield
    conversion.close_sandboxes()


@pytest.fixture
def stored_files(own_settings: None, settings: Settings) -> StoredFiles:
    """`stored_files()`: the path of each file in the media folder, what is being received included."""

    def found() -> list[str]:
        media: Path = settings.MEDIA_ROOT
        if "s3" in chosen.CHOSEN:
            return sorted(entry.name for entry in default_storage.entries("jobs"))  # type: ignore[attr-defined]
        return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())

    return found
