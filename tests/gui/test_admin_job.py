"""A job's page in the admin: looking, downloading, the verbs."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs import services, storage
from jobs.admin import job_pages
from jobs.models import Event, Job
from tests.conftest import MakeJob
from tests.gui.test_admin_list import words

Open = Callable[..., str]


def address(job: Job, rest: str = "change/") -> str:
    return f"/admin/jobs/job/{job.pk}/{rest}"


@pytest.fixture
def admin(client: Client, bob: User) -> Client:
    """Bob's browser."""
    client.force_login(bob)
    return client


@pytest.fixture
def opened(admin: Client) -> Open:
    """`opened(job, **parameters)`: the job's page as Bob sees it."""
    return lambda job, **asked: admin.get(address(job), asked).content.decode()


def pages_in(text: str) -> list[int]:
    table = text.partition('id="pages"')[2].partition("</section>")[0]
    return [int(number) for number in re.findall(r"<tr>\s*<td>(\d+)</td>", table)]


def test_it_shows_the_job(opened: Open, make_job: MakeJob) -> None:
    job = make_job(
        status="completed", pages_failed=1, client_ref="ref-7", prompt="short", warnings=["The PDF is damaged."]
    )
    text = words(opened(job))
    for shown in ("report.pdf", job.job_id, "completed", "3 of 3 1 failed", "alice", "ref-7", "short", "is damaged."):
        assert shown in text


def test_it_shows_nothing_to_edit(opened: Open, make_job: MakeJob) -> None:
    text = opened(make_job())
    assert not re.findall(r'<(?:select|textarea)|<input(?! type="hidden")', text)
    assert "_save" not in text


def test_it_takes_no_edit(admin: Client, make_job: MakeJob) -> None:
    job = make_job()
    assert admin.post(address(job), {"status": "completed"}).status_code == 403
    job.refresh_from_db()
    assert job.status == "pending"


def test_it_adds_no_jobs(admin: Client) -> None:
    assert admin.get("/admin/jobs/job/add/").status_code == 403


def test_it_does_not_show_the_password(opened: Open, make_job: MakeJob) -> None:
    assert "topsecret" not in opened(make_job(password="topsecret"))


def test_it_tells_what_happened(opened: Open, make_job: MakeJob) -> None:
    job = make_job(status="completed")
    for kind in (Event.Kind.QUEUED, Event.Kind.CLAIMED, Event.Kind.COMPLETED):
        Event.objects.create(job=job, kind=kind, detail=f"detail of {kind}")
    timeline = words(opened(job).partition('id="timeline"')[2])
    assert re.search("queued detail of queued .* claimed detail of claimed .* completed detail of completed", timeline)


# --- pages ---


def test_it_shows_the_failed_pages_first(opened: Open, make_job: MakeJob) -> None:
    text = opened(make_job(status="completed", total_pages=4, pages_failed=2))
    assert pages_in(text) == [3, 4, 1, 2]
    assert text.count("The converter stopped on it.") == 2


def test_it_shows_some_of_many_pages(opened: Open, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_pages, "MOST", 2)
    job = make_job(status="completed", total_pages=5, pages_failed=1)
    first = opened(job)
    assert pages_in(first) == [5, 1]
    assert "2 of 5 pages are shown." in words(first)
    assert '<a href="?from=1#pages">' in first
    in_order = opened(job, **{"from": 3})
    assert pages_in(in_order) == [3, 4]
    assert '<a href="?from=5#pages">' in in_order
    assert "?from=" not in opened(job, **{"from": 5})


@pytest.mark.parametrize("number", ["-1", "x", "²", "99999999999999999999"])
def test_it_takes_any_page_number(admin: Client, make_job: MakeJob, number: str) -> None:
    assert admin.get(address(make_job()), {"from": number}).status_code == 200


def test_it_does_not_read_the_texts_of_the_pages(admin: Client, make_job: MakeJob) -> None:
    job = make_job(status="completed")
    with CaptureQueriesContext(connection) as queries:
        admin.get(address(job))
    assert not any('"jobs_page"."markdown"' in query["sql"] for query in queries)


def test_it_takes_as_many_queries_for_many_pages_as_for_one(admin: Client, make_job: MakeJob) -> None:
    short, long = make_job(status="completed", numbers=[1]), make_job(status="completed", total_pages=40)
    admin.get(address(short))
    with CaptureQueriesContext(connection) as few:
        admin.get(address(short))
    with CaptureQueriesContext(connection) as many:
        admin.get(address(long))
    assert len(many) == len(few) <= 8


# --- tombstones ---


@pytest.fixture
def tombstone(make_job: MakeJob) -> Job:
    job = make_job(status="completed")
    services.purge(services.Rules(jobs=0))
    return Job.objects.get(pk=job.pk)


def test_it_shows_a_purged_job_as_such(opened: Open, tombstone: Job) -> None:
    text = opened(tombstone)
    assert "more than 0 finished jobs" in words(text)
    assert "The pages were removed with the files." in text
    assert "/input/" not in text
    assert "/result/" not in text


def test_it_offers_no_verbs_for_a_purged_job(opened: Open, tombstone: Job) -> None:
    assert "/do/" not in opened(tombstone)


@pytest.mark.parametrize("kind", ["input", "result"])
def test_it_says_that_the_files_of_a_purged_job_are_gone(admin: Client, tombstone: Job, kind: str) -> None:
    answer = admin.get(address(tombstone, f"{kind}/"), follow=True)
    assert "The job was purged: more than 0 finished jobs" in answer.content.decode()


# --- downloads ---


def body(answer: Any) -> bytes:
    return b"".join(answer)


def test_it_gives_input_and_result_whoever_owns_them(admin: Client, make_job: MakeJob) -> None:
    job = make_job(status="completed", filename="Report 1.pdf")
    text = admin.get(address(job)).content.decode()
    for kind, name, content in (("input", "Report 1.pdf", b"%PDF-"), ("result", "Report 1.md", b"# Result")):
        assert address(job, f"{kind}/") in text
        answer = admin.get(address(job, f"{kind}/"))
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert body(answer).startswith(content)
    assert job.events.filter(kind=Event.Kind.DOWNLOADED).count() == 2


def test_it_says_that_there_is_no_result(admin: Client, make_job: MakeJob) -> None:
    answer = admin.get(address(make_job(), "result/"), follow=True)
    assert "The job is pending and has no result." in answer.content.decode()


def test_it_says_that_a_file_is_lost(admin: Client, make_job: MakeJob) -> None:
    job = make_job(status="completed")
    storage.discard_folder(job.job_id)
    assert "not in the storage any more" in admin.get(address(job, "input/"), follow=True).content.decode()


def test_it_knows_no_files_of_jobs_that_are_not_there(admin: Client) -> None:
    assert admin.get("/admin/jobs/job/4711/input/").status_code == 404


# --- verbs ---


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({"status": "pending"}, ["cancel", "keep"]),
        ({"status": "processing", "keep": True}, ["cancel", "stop_keeping"]),
        ({"status": "completed"}, ["keep"]),
        ({"status": "failed"}, ["retry", "keep"]),
        ({"status": "cancelled"}, ["retry", "keep"]),
    ],
    ids=str,
)
def test_it_offers_what_can_be_done(
    opened: Open, make_job: MakeJob, changes: dict[str, object], offered: list[str]
) -> None:
    assert re.findall(r'action="/admin/jobs/job/\d+/do/(\w+)/"', opened(make_job(**changes))) == offered


def test_it_does_it_and_says_so(admin: Client, make_job: MakeJob, bob: User) -> None:
    job = make_job()
    answer = admin.post(address(job, "do/cancel/"), follow=True)
    assert "1 job cancelled." in answer.content.decode()
    job.refresh_from_db()
    assert job.status == "cancelled"
    assert "Cancelled." in admin.get(address(job, "history/")).content.decode()


def test_it_says_why_it_does_not(admin: Client, make_job: MakeJob) -> None:
    answer = admin.post(address(make_job(status="completed"), "do/cancel/"), follow=True)
    assert "1 job skipped. The job is completed and can&#x27;t be cancelled." in answer.content.decode()


def test_it_does_nothing_by_a_link(admin: Client, make_job: MakeJob) -> None:
    assert admin.get(address(make_job(), "do/cancel/")).status_code == 405


def test_it_knows_no_other_verbs(admin: Client, make_job: MakeJob) -> None:
    assert admin.post(address(make_job(), "do/complete/")).status_code == 404


# --- deleting ---


def test_it_asks_before_it_deletes(admin: Client, make_job: MakeJob) -> None:
    job = make_job()
    text = words(admin.get(address(job, "delete/")).content.decode())
    assert f"Delete report.pdf ({job.job_id}) with its files? It is pending; the workers stop within a page." in text


def test_it_deletes_with_the_files(
    admin: Client,
    make_job: MakeJob,
    stored_files: Callable[[], list[str]],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    job = make_job(status="completed")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        admin.post(address(job, "delete/"), {"post": "yes"})
    assert not Job.objects.exists()
    assert stored_files() == []


def test_it_does_not_list_the_pages_that_go(admin: Client, make_job: MakeJob) -> None:
    job = make_job(status="completed", total_pages=30)
    with CaptureQueriesContext(connection) as queries:
        admin.get(address(job, "delete/"))
    assert not any("jobs_page" in query["sql"] for query in queries)


def test_it_hides_what_could_not_be_removed_at_once(
    admin: Client,
    make_job: MakeJob,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    job = make_job(status="completed")

    def refuse(job_id: str) -> None:
        raise OSError("read-only file system")

    monkeypatch.setattr(storage, "discard_folder", refuse)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert admin.post(address(job, "delete/"), {"post": "yes"}).status_code == 302
    assert b"perhaps it was deleted" in admin.get(address(job), follow=True).content.lower()
    monkeypatch.undo()
    services.purge()
    assert not Job.objects.exists()


def test_it_says_how_long_it_stays(opened: Open, make_job: MakeJob) -> None:
    assert "Never purged before it is finished." in opened(make_job())
    assert "Kept: never purged." in opened(make_job(status="completed", keep=True))
    assert "purged when others need the room" in opened(make_job(status="completed", used_at=timezone.now()))
