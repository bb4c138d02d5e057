"""The verbs as plain forms, for browsers without scripts."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from jobs.models import Job
from tests.conftest import MakeJob

VERBS = ["cancel", "retry", "keep", "delete"]


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_it_cancels_and_retries(browser: Client, make_job: MakeJob) -> None:
    job = make_job(status="processing")
    for verb, status in (("cancel", "cancelled"), ("retry", "pending")):
        answer = browser.post(f"/jobs/{job.job_id}/{verb}")
        assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.job_id}")
        job.refresh_from_db()
        assert job.status == status


def test_it_keeps_and_keeps_no_longer(browser: Client, make_job: MakeJob) -> None:
    job = make_job(status="completed")
    for wanted in ("true", "false"):
        browser.post(f"/jobs/{job.job_id}/keep", {"keep": wanted})
        job.refresh_from_db()
        assert job.keep == (wanted == "true")


def test_it_asks_before_it_deletes(browser: Client, make_job: MakeJob) -> None:
    job = make_job(status="completed", filename="a<b>.pdf")
    page = browser.get(f"/jobs/{job.job_id}/delete")
    assert b"<strong>a&lt;b&gt;.pdf</strong>" in page.content
    assert Job.objects.count() == 1
    answer = browser.post(f"/jobs/{job.job_id}/delete")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert Job.objects.count() == 0


def test_it_says_what_can_not_be_done(browser: Client, make_job: MakeJob) -> None:
    answer = browser.post(f"/jobs/{make_job(status='completed').job_id}/cancel")
    assert answer.status_code == 409
    assert b"wrong_state" in answer.content


@pytest.mark.parametrize("verb", VERBS)
def test_it_does_nothing_for_strangers(client: Client, charlie: User, make_job: MakeJob, verb: str) -> None:
    job = make_job(status="processing")
    client.force_login(charlie)
    assert client.post(f"/jobs/{job.job_id}/{verb}").status_code == 404
    client.logout()
    assert client.post(f"/jobs/{job.job_id}/{verb}")["Location"] == f"/login?next=/jobs/{job.job_id}"
    assert client.get(f"/jobs/{job.job_id}/delete")["Location"] == f"/login?next=/jobs/{job.job_id}/delete"
    job.refresh_from_db()
    assert (job.status, job.keep) == ("processing", False)


@pytest.mark.parametrize("verb", VERBS)
def test_it_takes_no_form_of_another_site(alice: User, make_job: MakeJob, verb: str) -> None:
    job = make_job(status="processing")
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(f"/jobs/{job.job_id}/{verb}").status_code == 403


@pytest.mark.parametrize("verb", ["cancel", "retry", "keep"])
def test_it_does_nothing_by_a_link(browser: Client, make_job: MakeJob, verb: str) -> None:
    assert browser.get(f"/jobs/{make_job().job_id}/{verb}").status_code == 405


@pytest.mark.parametrize(("back", "leads"), [("/?group=active", "/?group=active"), ("https://elsewhere.example/", "")])
def test_it_leads_back_to_where_the_form_stood(browser: Client, make_job: MakeJob, back: str, leads: str) -> None:
    job = make_job(status="processing")
    answer = browser.post(f"/jobs/{job.job_id}/cancel", {"back": back})
    assert answer["Location"] == (leads or f"/jobs/{job.job_id}")
