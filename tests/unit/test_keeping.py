"""The heartbeat of a claim: a slow worker is told from a dead one, also while it waits for the storage."""

import errno
import time
from datetime import timedelta
from typing import Any, NoReturn

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import clock, queue, storage
from jobs.clock import Now, earlier, later
from jobs.models import Claim, Job
from jobs.pipeline import assembly, claims, recovery
from jobs.pipeline.finishing import guarded
from jobs.pipeline.keeping import kept, watch
from jobs.pipeline.outcome import Drained, LeaseLost
from tests.conftest import MakeJob
from tests.server import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    settings.HEARTBEAT_SECONDS = 0.05


def claimed() -> Claim:
    claim = claims.claim_next()
    assert claim is not None
    return claim


def expire(claim: Claim) -> None:
    Claim.objects.filter(pk=claim.pk).update(lease_until=earlier(timedelta(seconds=1)))


def is_fresh(claim: Claim) -> bool:
    return Claim.objects.filter(pk=claim.pk, lease_until__gt=Now()).exists()


def test_it_measures_by_the_database_s_clock(make_job: MakeJob) -> None:
    job = make_job()
    Job.objects.filter(pk=job.pk).update(started_at=earlier(timedelta(hours=1)), completed_at=None)
    job.refresh_from_db()
    assert job.started_at is not None
    assert abs(timezone.now() - timedelta(hours=1) - job.started_at) < timedelta(minutes=1)
    assert Job.objects.filter(started_at__lt=Now()).exists()
    assert not Job.objects.filter(started_at__gt=later(timedelta(seconds=-1))).exists()
    assert abs(clock.read() - timezone.now()) < timedelta(minutes=1)


def test_it_keeps_a_lease_while_the_storage_is_slow(make_job: MakeJob) -> None:
    make_job()
    claim = claimed()
    expire(claim)
    with kept(claim):
        wait_for(lambda: is_fresh(claim), 30)
    assert recovery.recover() == 0


def test_it_tells_in_the_end_that_a_lease_was_lost(make_job: MakeJob) -> None:
    make_job()
    claim = claimed()
    claims.give_back(claim)
    with pytest.raises(LeaseLost), kept(claim):
        time.sleep(0.5)


def test_it_renews_when_that_is_due(make_job: MakeJob) -> None:
    make_job()
    claim = claimed()
    tick = watch(claim)
    expire(claim)
    tick()
    assert not is_fresh(claim)
    time.sleep(0.06)
    tick()
    assert is_fresh(claim)


def test_it_keeps_the_lease_of_a_result_that_is_slowly_stored(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_job(status="processing", pages_done=3)
    claim = claimed()
    saveable = storage.saveable

    def slowly(file: Any) -> Any:
        if Claim.objects.exists():  # what is stored later needs no lease
            expire(claim)
            wait_for(lambda: is_fresh(claim), 30)
        return saveable(file)

    monkeypatch.setattr(storage, "saveable", slowly)
    assert guarded(assembly.assemble, claim)
    assert Job.objects.get().status == "completed"


def test_it_gives_a_long_assembling_back_when_it_must_stop(make_job: MakeJob, settings: Settings) -> None:
    settings.DRAIN_SECONDS = 0
    make_job(status="processing", pages_done=3)
    claim = claimed()
    queue._draining.value = time.monotonic()
    try:
        with pytest.raises(Drained):
            assembly.assemble(claim)
        assert not guarded(assembly.assemble, claim)
    finally:
        queue._draining.value = 0
    assert not Claim.objects.exists()
    assert claims.claim_next() is not None


def test_it_rests_when_the_storage_has_failed_it(make_job: MakeJob, settings: Settings) -> None:
    settings.TROUBLE_SECONDS = 0.3
    job = make_job()

    def fail(claim: Claim) -> NoReturn:
        raise OSError(errno.EIO, "The storage does not answer")

    began = time.monotonic()
    assert not guarded(fail, claimed())
    assert time.monotonic() - began >= 0.3
    assert set(job.pages.values_list("status", "attempts")) == {("pending", 0)}
