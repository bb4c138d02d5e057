"""The admin's job list: what it shows, finds and counts, and at what cost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from jobs.admin.paginator import BoundedPaginator
from jobs.models import Event, Job, Node
from tests.conftest import MakeJob

LIST = "/admin/jobs/job/"
Page = Callable[..., str]


@pytest.fixture
def page(client: Client, bob: User) -> Page:
    """`page(status__exact="failed")`: the list with these parameters, as Bob sees it."""
    client.force_login(bob)

    def get(**asked: Any) -> str:
        answer = client.get(LIST, asked)
        assert answer.status_code == 200, answer.get("Location")
        return answer.content.decode()

    return get


def listed(text: str) -> list[str]:
    """The file names in the list, from top to bottom."""
    return re.findall(r'<span class="job-name">(.*?)</span>', text)


def words(text: str) -> str:
    """The text without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("\xa0", " ").split())


def weigh(job: Job, **sizes: int) -> None:
    """Have it take so much room."""
    Job.objects.filter(pk=job.pk).update(**sizes)


def test_it_shows_what_an_operator_asks_for(page: Page, make_job: MakeJob) -> None:
    now = timezone.now()
    job = make_job(
        filename="broken.pdf",
        status="failed",
        error="None of its pages could be converted.",
        created_at=now - timedelta(hours=3),
        started_at=now - timedelta(minutes=5),
        completed_at=now - timedelta(minutes=2, seconds=55),
    )
    weigh(job, stored_bytes=2048)
    text = page()
    assert '<progress class="job-progress" value="3" max="3"' in text
    for shown in ("broken.pdf", "3 of 3 3 failed", "2.0 KB", "3 h", "alice", "fake", "2 min 5 s", "None of its pages"):
        assert shown in words(text)


def test_it_shows_the_newest_first(page: Page, make_job: MakeJob) -> None:
    now = timezone.now()
    for days in (2, 0, 1):
        make_job(filename=f"{days}.pdf", created_at=now - timedelta(days=days))
    assert listed(page()) == ["0.pdf", "1.pdf", "2.pdf"]


def test_it_sorts_by_size(page: Page, make_job: MakeJob) -> None:
    for size in (2, 3, 1):
        weigh(make_job(filename=f"{size}.pdf"), stored_bytes=size)
    assert listed(page(o="-4")) == ["3.pdf", "2.pdf", "1.pdf"]


def test_it_escapes_what_it_shows(page: Page, make_job: MakeJob) -> None:
    make_job(filename="<script>x</script>.pdf", status="failed", error="<script>y</script>")
    assert "<script>x" not in page()
    assert "<script>y" not in page()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"status__exact": "failed"}, ["failed.pdf"]),
        ({"keep__exact": "1"}, ["kept.pdf"]),
        ({"failed_pages": "yes"}, ["failed.pdf"]),
        ({"files": "purged"}, ["purged.pdf"]),
        ({"engine": "layout"}, ["kept.pdf"]),
        ({"owner": "nobody"}, ["purged.pdf"]),
        ({"q": "REF-7"}, ["kept.pdf"]),
        ({"q": "failed_pdf_2"}, ["failed.pdf"]),
        ({"q": "alice failed"}, ["failed.pdf"]),
        ({"files": "nonsense"}, ["purged.pdf", "kept.pdf", "failed.pdf"]),
        ({"owner": "nonsense"}, ["purged.pdf", "kept.pdf", "failed.pdf"]),
    ],
    ids=str,
)
def test_it_finds(page: Page, make_job: MakeJob, asked: dict[str, str], found: list[str]) -> None:
    make_job(filename="failed.pdf", status="failed")
    make_job(filename="kept.pdf", keep=True, engine="layout", client_ref="ref-7")
    make_job(filename="purged.pdf", status="completed", purged_at=timezone.now(), owner=None)
    assert listed(page(**asked)) == found


def test_it_finds_by_owner(page: Page, make_job: MakeJob, charlie: User, alice: User) -> None:
    make_job(filename="hers.pdf")
    make_job(filename="his.pdf", owner=charlie)
    assert listed(page(owner=charlie.pk)) == ["his.pdf"]
    assert f'href="/admin/jobs/job/?owner={alice.pk}"' in page()


def test_it_does_not_tell_passwords_by_filters(client: Client, bob: User, make_job: MakeJob) -> None:
    make_job(password="topsecret")
    client.force_login(bob)
    assert client.get(LIST, {"password__startswith": "t"}).status_code == 400
    assert b"topsecret" not in client.get(LIST).content


@pytest.mark.parametrize("kind", ["deleting", "purging"])
def test_it_hides_what_is_being_deleted(page: Page, make_job: MakeJob, kind: str) -> None:
    make_job(filename="going.pdf", status="completed", removal=kind)
    assert listed(page()) == ([] if kind == "deleting" else ["going.pdf"])


# --- dates ---


def test_it_leads_down_to_a_day(page: Page, make_job: MakeJob) -> None:
    make_job(filename="old.pdf", created_at=datetime(2025, 12, 31, 12, tzinfo=UTC))
    make_job(filename="new.pdf", created_at=datetime(2026, 2, 3, 12, tzinfo=UTC))
    assert "?created_at__year=2025" in page()
    assert "?created_at__month=1&amp;created_at__year=2026" in page(created_at__year=2026)
    assert "created_at__month=3" not in page(created_at__year=2026)
    assert "created_at__day=3&amp;" in page(created_at__year=2026, created_at__month=2)
    day = page(created_at__year=2026, created_at__month=2, created_at__day=3)
    assert listed(day) == ["new.pdf"]
    assert "<strong>Feb. 3, 2026</strong>" in day


def test_it_begins_with_months_where_there_is_one_year(page: Page, make_job: MakeJob) -> None:
    make_job(created_at=datetime(2026, 2, 3, 12, tzinfo=UTC))
    make_job(created_at=datetime(2026, 4, 3, 12, tzinfo=UTC))
    assert re.findall(r">(\w+ 2026)</a>", page()) == ["February 2026", "March 2026", "April 2026"]


def test_it_survives_dates_that_are_none(client: Client, bob: User, make_job: MakeJob) -> None:
    make_job()
    client.force_login(bob)
    for asked in ("created_at__year=x", "created_at__year=2026&created_at__month=77", "created_at__month=1"):
        assert client.get(f"{LIST}?{asked}", follow=True).status_code == 200


# --- above the list ---


def test_it_shows_how_full_the_storage_is(page: Page, make_job: MakeJob, settings: Settings) -> None:
    settings.MAX_JOBS, settings.MAX_STORAGE_GB = 40, 2
    weigh(make_job(status="completed"), stored_bytes=3 * 1024**2, page_bytes=0)
    weigh(make_job(status="completed", keep=True), stored_bytes=0, page_bytes=1024**2)
    text = page()
    assert '<meter min="0" max="40" low="32" high="40" optimum="0" value="1"' in text
    assert "1 of 40 besides, 1 active or kept" in words(text)
    assert "4.0 MB of 2.0 GB of it 1.0 MB page texts" in words(text)


def test_it_shows_the_workers_that_are_alive(page: Page) -> None:
    assert "Workers alive none" in words(page())
    Node.objects.say("one", 2)
    Node.objects.say("two", 3)
    Node.objects.create(name="gone", workers=9, seen_at=timezone.now() - timedelta(minutes=2))
    assert "Workers alive 5 on 2 machines" in words(page())


def test_it_shows_how_long_work_waits(page: Page, make_job: MakeJob) -> None:
    assert "Longest wait nothing waits" in words(page())
    make_job(created_at=timezone.now() - timedelta(minutes=7, seconds=1))
    assert "0 processing, 1 pending Longest wait 7 min" in words(page())


def test_it_counts_the_wait_from_the_last_retry(page: Page, make_job: MakeJob) -> None:
    job = make_job(created_at=timezone.now() - timedelta(days=7))
    Event.objects.create(job=job, kind=Event.Kind.RETRIED, at=timezone.now() - timedelta(minutes=3, seconds=1))
    assert "Longest wait 3 min" in words(page())


def test_it_counts_the_failures_of_thirty_days(page: Page, make_job: MakeJob) -> None:
    make_job(filename="lately.pdf", status="failed")
    make_job(filename="long_ago.pdf", status="failed", completed_at=timezone.now() - timedelta(days=32))
    text = page()
    found = re.search(r'<dd><a href="\?(\S+)">1 job</a>', text)
    assert found
    assert listed(page(**dict(parse_qsl(unescape(found[1]))))) == ["lately.pdf"]


# --- cost ---


def test_it_takes_as_many_queries_for_many_jobs_as_for_one(client: Client, bob: User, make_job: MakeJob) -> None:
    make_job(status="completed")
    client.force_login(bob)
    client.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(LIST)
    for number in range(12):
        make_job(status="failed", owner=User.objects.create_user(f"user{number}"))
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(one) <= 16


def test_it_does_not_count_all_jobs(page: Page, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedPaginator, "most", 2)
    for _ in range(3):
        make_job()
    assert "More than 2 jobs" in words(page())


def test_it_says_how_many_jobs_there_are(page: Page, make_job: MakeJob) -> None:
    make_job()
    assert " 1 job " in words(page())


def test_it_reads_a_bounded_number_of_rows(page: Page, make_job: MakeJob) -> None:
    with CaptureQueriesContext(connection) as queries:
        page()
    counting = [query["sql"] for query in queries if "COUNT(*)" in query["sql"] and "LIMIT" in query["sql"]]
    assert len(counting) == 1
