"""Cancel, retry, delete, and the note of access."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from jobs import queue, services
from jobs.errors import WrongState
from jobs.models import Claim, Job, Page, WebhookDelivery
from jobs.pipeline import claims
from tests.conftest import MakeJob, StoredFiles, Work


def page_states(job: Job) -> list[str]:
    return list(job.pages.order_by("number").values_list("status", flat=True))


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_it_cancels_what_runs(make_job: MakeJob, status: str) -> None:
    job = make_job(status=status, pages_done=1 if status == "processing" else 0)
    cancelled = services.cancel(job)
    assert (cancelled.status, cancelled.pages_done) == ("cancelled", job.pages_done)
    assert cancelled.completed_at is not None


def test_it_takes_a_cancelled_job_out_of_the_workers_hands(make_job: MakeJob) -> None:
    job = make_job(status="processing", pages_done=1)
    assert claims.claim_next()
    services.cancel(job)
    assert page_states(job) == ["done", "pending", "pending"]
    assert not Claim.objects.exists()
    assert claims.claim_next() is None


def test_it_keeps_the_pages_of_a_cancelled_job_readable(make_job: MakeJob) -> None:
    job = services.cancel(make_job(status="processing", pages_done=2))
    assert [page.markdown != "" for page in job.pages.all()] == [True, True, False]


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_it_does_not_cancel_what_is_finished(make_job: MakeJob, status: str) -> None:
    job = make_job(status=status)
    with pytest.raises(WrongState, match=f"is {status}"):
        services.cancel(job)
    assert Job.objects.get(pk=job.pk).status == status


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_it_retries_what_did_not_succeed(make_job: MakeJob, work: Work, status: str) -> None:
    job = services.retry(make_job(status=status))
    assert (job.status, job.completed_at, job.error, job.pages_done, job.pages_failed) == ("pending", None, "", 0, 0)
    work()
    job.refresh_from_db()
    assert (job.status, job.pages_done, job.pages_failed) == ("completed", 3, 0)


def test_it_keeps_finished_pages_at_a_retry(make_job: MakeJob, work: Work) -> None:
    job = make_job(status="cancelled", total_pages=4, pages_done=3, pages_failed=1)
    job.pages.filter(number=1).update(markdown="made before")
    again = services.retry(job)
    assert (again.pages_done, again.pages_failed) == (2, 0)
    assert page_states(job) == ["done", "done", "pending", "pending"]
    assert not job.pages.exclude(error="", error_code="").exists()
    work()
    with Job.objects.get(pk=job.pk).result.open() as result:
        assert result.read().startswith(b"made before")
    assert list(job.pages.order_by("number").values_list("attempts", flat=True)) == [1, 1, 1, 1]


def test_it_tries_only_the_failed_pages_of_a_completed_job(
    make_job: MakeJob, work: Work, stored_files: StoredFiles
) -> None:
    job = make_job(prompt="fail:2 blank:3", warnings=["said before"])
    work()
    made = Job.objects.get()
    assert (made.status, made.pages_failed, len(made.warnings)) == ("completed", 1, 2)
    Job.objects.update(prompt="blank:3")
    job.pages.filter(number=1).update(markdown="made before")
    again = services.retry(made)
    assert (again.status, again.pages_done, again.warnings) == ("pending", 2, ["said before"])
    assert again.result == made.result
    work()
    job.refresh_from_db()
    assert (job.status, job.pages_done, job.pages_failed, job.warnings) == ("completed", 3, 0, made.warnings)
    with job.result.open() as result:
        text = result.read()
    assert text.startswith(b"made before")
    assert b"Text of page 2" in text
    assert list(job.pages.order_by("number").values_list("attempts", flat=True)) == [1, 1, 1]
    kinds = list(job.events.values_list("kind", flat=True))
    assert (kinds.count("retried"), kinds.count("completed")) == (1, 2)
    assert len([path for path in stored_files() if "result" in path]) == 1


def test_it_completes_a_job_again_where_its_pages_fail_again(make_job: MakeJob, work: Work) -> None:
    make_job(prompt="fail:2")
    work()
    before = Job.objects.get()
    services.retry(before)
    work()
    after = Job.objects.get()
    assert (after.status, after.pages_failed, after.warnings) == ("completed", 1, before.warnings)
    assert services.retry(after).status == "pending"


def test_it_tells_of_the_new_end_too(make_job: MakeJob, work: Work) -> None:
    make_job(prompt="fail:2", callback_url="https://93.184.216.34/hook")
    work()
    services.retry(Job.objects.get())
    work()
    assert list(WebhookDelivery.objects.values_list("event", flat=True)) == ["job.completed"] * 2


@pytest.mark.parametrize(("prompt", "kept"), [("fail:2", "open sesame"), ("", "")])
def test_it_keeps_a_password_as_long_as_pages_may_be_tried_again(
    make_job: MakeJob, work: Work, prompt: str, kept: str
) -> None:
    make_job(prompt=prompt, password="open sesame")
    work()
    assert Job.objects.get().password == kept


def test_it_retries_once(make_job: MakeJob) -> None:
    job = make_job(status="completed", pages_failed=1)
    services.retry(job)
    with pytest.raises(WrongState, match="is pending"):
        services.retry(job)


def test_it_does_not_retry_what_is_being_removed(make_job: MakeJob) -> None:
    job = make_job(status="completed", pages_failed=1)
    Job.objects.update(removal=Job.Removal.PURGING)
    with pytest.raises(WrongState):
        services.retry(job)


def test_it_gives_a_retried_page_all_its_attempts_again(make_job: MakeJob) -> None:
    job = make_job(status="failed")
    job.pages.update(attempts=5, crashes=2)
    services.retry(job)
    assert set(job.pages.values_list("attempts", "crashes")) == {(0, 0)}


def test_it_completes_a_retried_job_of_which_all_pages_were_made(make_job: MakeJob, work: Work) -> None:
    """Cancelled in the moment between the last page and the result."""
    job = make_job(status="cancelled", pages_done=3)
    other = make_job()
    services.retry(job)
    work()
    assert set(Job.objects.values_list("pk", "status")) == {(job.pk, "completed"), (other.pk, "completed")}


@pytest.mark.parametrize("status", ["pending", "processing", "completed"])
def test_it_does_not_retry_what_runs_or_has_succeeded(make_job: MakeJob, status: str) -> None:
    job = make_job(status=status)
    with pytest.raises(WrongState, match=f"is {status}"):
        services.retry(job)
    assert Job.objects.get(pk=job.pk).status == status


def test_it_wakes_workers_for_a_retry(
    make_job: MakeJob, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.retry(make_job(status="failed"))
    assert queue.waiting_tokens() == 4


@pytest.mark.parametrize("status", ["pending", "processing", "completed", "failed", "cancelled"])
def test_it_deletes_a_job_with_all_it_has(make_job: MakeJob, stored_files: StoredFiles, status: str) -> None:
    job, other = make_job(status=status), make_job(status="cancelled")
    claims.claim_next()
    services.delete(job)
    assert list(Job.objects.all()) == [other]
    assert not Page.objects.filter(job_id=job.pk).exists()
    assert not Claim.objects.exists()
    assert stored_files() == [f"jobs/{other.job_id}/input.pdf"]


def test_it_deletes_twice_without_complaint(make_job: MakeJob) -> None:
    job = make_job()
    same = Job.objects.get(pk=job.pk)
    services.delete(job)
    services.delete(same)
    assert not Job.objects.exists()


@pytest.mark.usefixtures("transactional_db")
def test_it_deletes_while_workers_claim(make_job: MakeJob) -> None:
    stop = Event()

    def claim_and_give_back() -> None:
        while not stop.wait(0.002):
            if claim := claims.claim_next():
                claims.give_back_uncounted(claim)
        connection.close()

    jobs = [make_job() for _ in range(15)]
    worker = Thread(target=claim_and_give_back)
    worker.start()
    try:
        for job in jobs:
            services.delete(job)
    finally:
        stop.set()
        worker.join()
    assert not Job.objects.exists()
    assert not Claim.objects.exists()


def test_it_says_that_a_deleted_job_can_not_be_cancelled(make_job: MakeJob) -> None:
    job = make_job()
    same = Job.objects.get(pk=job.pk)
    services.delete(job)
    with pytest.raises(WrongState, match="is deleted"):
        services.cancel(same)


def test_it_notes_access_to_a_finished_job(make_job: MakeJob) -> None:
    job = make_job(status="completed")
    before = timezone.now()
    services.note_access(job)
    job.refresh_from_db()
    assert job.last_accessed_at is not None
    assert job.last_accessed_at >= before


@pytest.mark.parametrize(("seconds", "noted"), [(30, False), (61, True)])
def test_it_notes_access_once_a_minute(make_job: MakeJob, seconds: float, noted: bool) -> None:
    job = make_job(status="completed")
    before = timezone.now() - timedelta(seconds=seconds)
    job.last_accessed_at = before
    job.save()
    services.note_access(job)
    assert (Job.objects.get(pk=job.pk).last_accessed_at != before) is noted


def test_it_does_not_note_access_to_a_running_job(make_job: MakeJob) -> None:
    job = make_job(status="processing")
    services.note_access(job)
    assert Job.objects.get(pk=job.pk).last_accessed_at is None
