"""Setting right what a death, a lost token or a full disk has left behind."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from jobs import queue
from jobs.models import Claim, Job
from jobs.node import node_name
from jobs.pipeline import claims, recovery
from tests.conftest import MakeJob, StoredFiles, Work


def claimed() -> Claim:
    claim = claims.claim_next()
    assert claim is not None
    return claim


def expire(claim: Claim) -> None:
    Claim.objects.filter(pk=claim.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def states(job: Job) -> list[tuple[str, int]]:
    return list(job.pages.order_by("number").values_list("status", "attempts"))


def test_it_frees_what_a_dead_worker_held(make_job: MakeJob) -> None:
    job = make_job(status="processing", total_pages=8, seconds_per_page=0.5)
    expire(claimed())
    assert recovery.recover() == 1
    assert states(job)[:2] == [("pending", 1), ("pending", 0)]
    assert not Claim.objects.exists()


def test_it_leaves_the_living_alone(make_job: MakeJob) -> None:
    job = make_job()
    claim = claimed()
    assert recovery.recover() == 0
    assert Claim.objects.get() == claim
    assert states(job)[0] == ("processing", 0)


def test_it_may_be_done_twice(make_job: MakeJob) -> None:
    make_job()
    expire(claimed())
    assert [recovery.recover(), recovery.recover()] == [1, 0]


def test_it_completes_a_job_whose_worker_died(make_job: MakeJob, work: Work) -> None:
    job = make_job(total_pages=4)
    expire(claimed())
    recovery.recover()
    work()
    job.refresh_from_db()
    assert (job.status, job.pages_failed) == ("completed", 0)
    assert states(job) == [("done", 2), ("done", 1), ("done", 1), ("done", 1)]


def test_it_completes_a_job_whose_assembling_died(make_job: MakeJob, work: Work) -> None:
    job = make_job(status="processing", pages_done=3)
    expire(claimed())
    work()
    assert Job.objects.get(pk=job.pk).status == "processing"
    assert recovery.recover() == 1
    work()
    assert Job.objects.get(pk=job.pk).status == "completed"


def test_it_gives_a_page_up_that_kills_every_worker(make_job: MakeJob, work: Work, settings: Settings) -> None:
    settings.MAX_ATTEMPTS = 2
    job = make_job()
    for _ in range(2):
        expire(claimed())
        recovery.recover()
    work()
    job.refresh_from_db()
    assert (job.status, job.pages_failed) == ("completed", 1)
    page = job.pages.get(number=1)
    assert (page.status, page.error_code, page.attempts) == ("failed", "worker_lost", 2)


def test_it_wakes_workers_when_something_waits(
    make_job: MakeJob, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_job()
    with django_capture_on_commit_callbacks(execute=True):
        recovery.recover()
    assert queue.waiting_tokens() == 2


def test_it_wakes_no_more_than_have_nothing_in_hand(
    make_job: MakeJob, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_job()
    claimed()
    with django_capture_on_commit_callbacks(execute=True):
        recovery.recover()
    assert queue.waiting_tokens() == 1


def test_it_wakes_nobody_for_nothing(
    make_job: MakeJob, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_job(status="completed")
    with django_capture_on_commit_callbacks(execute=True):
        recovery.recover()
    assert queue.waiting_tokens() == 0


def test_it_frees_this_machine_s_claims_at_once(make_job: MakeJob) -> None:
    make_job(total_pages=2)
    here, elsewhere = claimed(), claimed()
    Claim.objects.filter(pk=elsewhere.pk).update(node="another machine")
    assert here.node == node_name()
    assert recovery.recover_node() == 1
    assert Claim.objects.get() == elsewhere


def test_it_frees_other_machines_claims_when_they_have_run_out(make_job: MakeJob) -> None:
    make_job(total_pages=2)
    claimed()
    elsewhere = claimed()
    expire(elsewhere)
    Claim.objects.filter(pk=elsewhere.pk).update(node="another machine")
    assert recovery.recover_node() == 2


def test_it_tells_whether_work_is_stuck(make_job: MakeJob) -> None:
    assert not recovery.is_stuck()
    make_job(created_at=timezone.now() - timedelta(minutes=1))
    assert recovery.is_stuck()
    claimed()
    assert not recovery.is_stuck()


def test_it_lets_others_have_the_little_that_just_came(make_job: MakeJob) -> None:
    make_job()
    assert not recovery.is_stuck()


def test_it_sees_no_hand_at_work_in_another_machine_s(make_job: MakeJob) -> None:
    """What waits is more than the others have hands for."""
    make_job(total_pages=50)
    claimed()
    Claim.objects.update(node="another machine")
    assert recovery.is_stuck()


@pytest.mark.without("s3")
@pytest.mark.usefixtures("db")
def test_it_removes_old_folders_without_a_job(make_job: MakeJob, settings: Settings, stored_files: StoredFiles) -> None:
    job = make_job()
    folder = Path(settings.MEDIA_ROOT) / "jobs"
    for name, age_s in (("old_orphan", 7200), ("young_orphan", 60), (job.job_id, 7200)):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "input.pdf").write_bytes(b"%PDF-")
        os.utime(folder / name / "input.pdf", (time.time() - age_s,) * 2)
    assert recovery.remove_orphans() == 1
    assert stored_files() == [f"jobs/{job.job_id}/input.pdf", "jobs/young_orphan/input.pdf"]
    assert not (folder / "old_orphan").exists()


@pytest.mark.usefixtures("db")
def test_it_removes_nothing_where_nothing_was_ever_stored() -> None:
    assert recovery.remove_orphans() == 0
