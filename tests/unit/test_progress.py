"""How far jobs are, one by one and many at once."""

import json
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from jobs import progress, remembered
from jobs.models import Job
from jobs.progress import snapshot, snapshots
from tests.conftest import MakeJob


def test_it_says_of_many_what_it_says_of_each(make_job: MakeJob, settings: Settings) -> None:
    settings.RETENTION_DAYS = 3
    jobs = [
        make_job(status="processing", pages_done=2, seconds_per_page=1.5, last_progress_at=timezone.now()),
        *(make_job(status=status) for status in Job.Status.values),
        make_job(status="completed", keep=True),
        make_job(),
    ]
    found, _ = snapshots([job.pk for job in jobs])
    for job in jobs:
        alone = snapshot(Job.objects.get(pk=job.pk), time.monotonic())
        assert (found[job.pk].text, found[job.pk].etag) == (alone.text, alone.etag)
        assert found[job.pk].is_terminal == job.is_finished


def test_it_leaves_out_what_is_deleted(make_job: MakeJob) -> None:
    going, there = make_job(removal=Job.Removal.DELETING), make_job()
    assert set(snapshots([going.pk, there.pk, 10**9])[0]) == {there.pk}


def test_it_asks_once_for_all_and_says_how_often_it_asked(
    make_job: MakeJob, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [make_job(status="processing", total_pages=1) for _ in range(7)]
    keys = [job.pk for job in jobs]
    with django_assert_num_queries(1):
        assert snapshots(keys)[1] == 1
    waiting = make_job()
    with django_assert_num_queries(2):
        assert snapshots([*keys, waiting.pk])[1] == 2
    monkeypatch.setattr(progress, "_AT_ONCE", 3)
    with django_assert_num_queries(3):
        assert snapshots(keys)[1] == 3


def test_it_counts_a_long_queue_only_now_and_then(
    make_job: MakeJob, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MANY", 2)
    cache.clear()
    first, second = make_job(), make_job()
    snapshots([first.pk, second.pk])
    with django_assert_num_queries(1):
        found, _ = snapshots([first.pk, second.pk])
    cache.clear()
    assert [json.loads(found[job.pk].text)["queue_position"] for job in (first, second)] == [0, 1]


def test_it_names_equal_documents_alike_whenever_they_are_read(make_job: MakeJob) -> None:
    job = make_job(status="processing", last_progress_at=timezone.now() - timedelta(hours=1))
    first, second = (snapshots([job.pk])[0][job.pk] for _ in range(2))
    assert first.etag == second.etag
    assert first.read_at < second.read_at
