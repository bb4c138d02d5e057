"""The queue only wakes workers: tokens are few, and nothing depends on them."""

from datetime import timedelta
from typing import Any, NoReturn

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from jobs import queue, tasks
from jobs.models import Job, Node
from tests.conftest import MakeJob, Work

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("wanted", "posted"), [(1, 1), (3, 3), (4, 4), (100, 4)])
def test_it_posts_no_more_tokens_than_wake_all_workers(
    wanted: int, posted: int, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        queue.nudge(wanted)
    assert queue.waiting_tokens() == posted


def test_it_may_be_nudged_again_and_again(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, settings: Settings
) -> None:
    settings.WORKERS = 1
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(10):
            queue.nudge(1)
    assert queue.waiting_tokens() == 3


def test_it_posts_nothing_for_what_was_rolled_back(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        queue.nudge()
        transaction.set_rollback(True)
    assert queue.waiting_tokens() == 0


def test_it_counts_the_workers_of_all_machines(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for name, workers in (("web", 0), ("one", 3), ("two", 4)):
        Node.objects.say(name, workers)
    Node.objects.create(name="gone", workers=100, seen_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        queue.nudge(100)
    assert queue.waiting_tokens() == (3 + 2) + (4 + 2)  # a cluster holds two


def test_it_does_not_keep_an_upload_waiting_for_a_thousand_tokens(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    Node.objects.say("many", 1000)
    with django_capture_on_commit_callbacks(execute=True):
        queue.nudge(1000)
    assert queue.waiting_tokens() == 64


def test_it_completes_a_job_without_a_single_token(make_job: MakeJob, work: Work) -> None:
    job = make_job()
    assert queue.waiting_tokens() == 0
    work()
    assert Job.objects.get(pk=job.pk).status == "completed"


def test_it_goes_on_with_one_token_as_long_as_something_waits(make_job: MakeJob, settings: Settings) -> None:
    settings.RANGE_SECONDS = 0
    jobs = [make_job(), make_job()]
    tasks.advance()
    assert set(Job.objects.values_list("pk", "status")) == {(job.pk, "completed") for job in jobs}


@pytest.mark.usefixtures("transactional_db")
def test_it_waits_for_another_token_from_time_to_time(make_job: MakeJob, settings: Settings) -> None:
    settings.RANGE_SECONDS = settings.TASK_SECONDS = 0
    job = make_job()
    tasks.advance()
    job.refresh_from_db()
    assert (job.pages_done, queue.waiting_tokens()) == (1, 1)


@pytest.mark.usefixtures("transactional_db")
def test_it_leaves_the_rest_to_others_when_it_must_stop(
    make_job: MakeJob, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RANGE_SECONDS = 0
    job = make_job()
    monkeypatch.setattr(queue, "is_draining", lambda: Job.objects.filter(pages_done=1).exists())
    tasks.advance()
    job.refresh_from_db()
    assert (job.pages_done, queue.waiting_tokens()) == (1, 1)


def test_it_loses_nothing_by_too_many_tokens(make_job: MakeJob, work: Work) -> None:
    job = make_job()
    work()
    for _ in range(3):
        tasks.advance()
    job.refresh_from_db()
    assert (job.status, job.pages_done) == ("completed", 3)
    assert set(job.pages.values_list("attempts", flat=True)) == {1}


def away(*_: Any) -> NoReturn:
    raise OperationalError("the database is away")


def test_it_never_raises_to_the_queue(caplog: pytest.LogCaptureFixture) -> None:
    with connection.execute_wrapper(away):
        tasks.advance()
    assert "could not look for work" in caplog.text


@pytest.mark.without("redis")
def test_it_never_raises_to_the_one_who_nudges(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, caplog: pytest.LogCaptureFixture
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        queue.nudge()
    with connection.execute_wrapper(away):
        callbacks[0]()
    assert "queue can't be reached" in caplog.text


def test_it_calls_what_is_there() -> None:
    assert import_string(queue.TASK) is tasks.advance
