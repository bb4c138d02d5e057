"""The list's actions: the services' verbs, on many jobs at once."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.admin import job_admin
from jobs.models import Job
from tests.conftest import MakeJob
from tests.gui.test_admin_list import LIST, words

Act = Callable[..., str]


@pytest.fixture
def act(client: Client, bob: User) -> Act:
    """`act("cancel", job, …)`: Bob does it with these jobs; what he is shown then."""
    client.force_login(bob)

    def post(action: str, *jobs: Job, **more: str) -> str:
        chosen = {"action": action, "_selected_action": [job.pk for job in jobs], **more}
        return words(client.post(LIST, chosen, follow=True).content.decode())

    return post


def statuses() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("status", flat=True))


def test_it_cancels_what_is_active(act: Act, make_job: MakeJob) -> None:
    jobs = [make_job(), make_job(status="processing"), make_job(status="completed"), make_job(status="completed")]
    text = act("cancel", *jobs)
    assert "2 jobs cancelled." in text
    assert "2 jobs skipped. The job is completed and can&#x27;t be cancelled." in text
    assert statuses() == ["cancelled", "cancelled", "completed", "completed"]


def test_it_leaves_alone_what_is_not_chosen(act: Act, make_job: MakeJob) -> None:
    chosen, _ = make_job(), make_job()
    act("cancel", chosen)
    assert statuses() == ["cancelled", "pending"]


def test_it_retries_what_failed(act: Act, make_job: MakeJob) -> None:
    assert "1 job queued again." in act("retry", make_job(status="failed"))
    assert statuses() == ["pending"]


def test_it_does_not_retry_what_was_purged(act: Act, make_job: MakeJob) -> None:
    job = make_job(status="failed")
    Job.objects.update(purged_at=job.created_at, purge_reason="no room")
    assert "1 job skipped. The job was purged: no room." in act("retry", job)


def test_it_keeps_and_stops_keeping(act: Act, make_job: MakeJob) -> None:
    job = make_job()
    assert "1 job kept." in act("keep", job)
    assert Job.objects.get().keep
    assert "1 job no longer kept." in act("stop_keeping", job)
    assert not Job.objects.get().keep


def test_it_asks_before_it_deletes(act: Act, make_job: MakeJob) -> None:
    text = act("delete_selected", make_job(filename="a.pdf"), make_job(filename="b.pdf"))
    assert "Delete 2 jobs with their files?" in text
    assert "a.pdf" in text
    assert Job.objects.count() == 2


def test_it_deletes_with_the_files(act: Act, make_job: MakeJob, stored_files: Callable[[], list[str]]) -> None:
    jobs = [make_job(status="completed"), make_job(status="processing")]
    stays = make_job()
    assert "Successfully deleted 2 jobs." in act("delete_selected", *jobs, post="yes")
    assert list(Job.objects.all()) == [stays]
    assert stored_files() == [stays.input.name]


def test_it_refuses_more_than_a_request_can_do(act: Act, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_admin, "MOST_AT_ONCE", 1)
    job, _ = make_job(), make_job()
    assert "At most 1 jobs at once" in act("cancel", job, select_across="1")
    assert statuses() == ["pending", "pending"]


def test_it_acts_on_all_of_a_short_list(act: Act, make_job: MakeJob) -> None:
    job, _ = make_job(), make_job()
    act("cancel", job, select_across="1")
    assert statuses() == ["cancelled", "cancelled"]


def test_it_acts_on_what_the_filters_show(client: Client, act: Act, make_job: MakeJob) -> None:
    job, _ = make_job(filename="a.pdf"), make_job(filename="b.pdf")
    client.post(f"{LIST}?q=a.pdf", {"action": "cancel", "_selected_action": [job.pk], "select_across": "1"})
    assert statuses() == ["cancelled", "pending"]
