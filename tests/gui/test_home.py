"""The home page: complete as it comes from the server."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from tests.conftest import MakeJob


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def text(browser: Client, address: str = "/") -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_takes_files_by_a_plain_form(browser: Client) -> None:
    page = text(browser)
    assert '<form id="upload" method="post" action="/upload" enctype="multipart/form-data"' in page
    assert 'type="file" id="files" name="file" multiple' in page


def test_it_shows_the_limits(browser: Client, settings: Settings) -> None:
    settings.MAX_UPLOAD_MB = 7
    settings.MAX_PAGES = 321
    page = text(browser)
    assert f'data-upload-bytes="{7 * 1024 * 1024}" data-pages="321"' in page
    assert "at most 7.0\xa0MB and 321 pages each." in page


def test_it_explains_itself_before_the_first_job(browser: Client, make_job: MakeJob) -> None:
    assert 'id="jobs-empty">' in text(browser)
    assert "/static/jobs/sample.pdf" in text(browser)
    make_job()
    assert 'id="jobs-empty" hidden>' in text(browser)


def test_it_lists_the_own_jobs(browser: Client, make_job: MakeJob, charlie: User) -> None:
    job = make_job(status="processing", pages_done=1, filename="mine.pdf")
    make_job(owner=charlie, filename="theirs.pdf")
    page = text(browser)
    assert f'<a class="filename" data-part="filename" href="/jobs/{job.job_id}">mine.pdf</a>' in page
    assert "page 1 of 3" in page
    assert "33 %" in page
    assert "theirs.pdf" not in page


def test_it_escapes_names(browser: Client, make_job: MakeJob) -> None:
    make_job(filename='"><script>alert(1)</script>.pdf')
    assert "<script>alert" not in text(browser)


@pytest.mark.parametrize(
    ("status", "shows", "hides"),
    [
        ("processing", ["cancel"], ["result", "retry"]),
        ("completed", ["result"], ["cancel", "retry"]),
        ("failed", ["retry"], ["cancel", "result"]),
    ],
)
def test_it_offers_what_the_state_allows(
    browser: Client, make_job: MakeJob, status: str, shows: list[str], hides: list[str]
) -> None:
    job = make_job(status=status)
    page = text(browser)
    for verb in (*shows, *hides):
        address = f"/api/jobs/{job.job_id}/result" if verb == "result" else f"/jobs/{job.job_id}/{verb}"
        behind = page.split(f'action="{address}"' if verb != "result" else f'href="{address}"')[1]
        assert behind.startswith(" hidden") is (verb in hides), verb


def test_it_says_why_a_job_is_gone(browser: Client, make_job: MakeJob) -> None:
    make_job(status="completed", purged_at=timezone.now(), purge_reason="The storage was full.")
    page = text(browser)
    assert "Removed" in page
    assert "The storage was full." in page


def test_it_filters_searches_and_sorts_by_its_address(browser: Client, make_job: MakeJob) -> None:
    make_job(status="failed", filename="bad.pdf")
    make_job(status="completed", filename="good.pdf")
    page = text(browser, "/?group=attention")
    assert "bad.pdf" in page
    assert "good.pdf" not in page
    assert "good.pdf" in text(browser, "/?search=GOO")
    page = text(browser, "/?ordering=filename")
    assert page.index(">bad.pdf") < page.index(">good.pdf")


def test_it_gives_page_after_page(browser: Client, make_job: MakeJob) -> None:
    for number in range(51):
        make_job(total_pages=1, filename=f"{number}.pdf", created_at=timezone.now() + timedelta(seconds=number))
    assert 'href="?page=2"' in text(browser)
    assert ">0.pdf<" not in text(browser)
    assert ">0.pdf<" in text(browser, "/?page=2")
    assert ">0.pdf<" in text(browser, "/?page=900")


@pytest.mark.parametrize("query", ["group=lost", "ordering=owner__password"])
def test_it_refuses_what_it_does_not_know(browser: Client, query: str) -> None:
    answer = browser.get(f"/?{query}")
    assert answer.status_code == 400
    assert b"bad_option" in answer.content


def test_it_speaks_german(browser: Client) -> None:
    browser.post("/language", {"language": "de", "next": "/"})
    assert '<html lang="de">' in text(browser)


def test_it_offers_the_vision_model_where_there_is_one(client: Client, alice: User, settings: Settings) -> None:
    client.force_login(alice)
    assert b'value="vision"' not in client.get("/").content
    settings.VISION_BASE_URL, settings.VISION_MODEL = "http://127.0.0.1:9/v1", "reader-1"
    settings.VISION_API_KEY = "sk-very-secret"
    page = client.get("/").content.decode()
    assert '<option value="vision">vision: read by the model reader-1</option>' in page
    assert 'id="option-own-prompt" name="prompt"' in page
    assert "secret" not in page
    assert "127.0.0.1:9" not in page


def test_it_sends_strangers_to_the_login(client: Client) -> None:
    answer = client.get("/?page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/login?next=/%3Fpage%3D2"


def test_it_is_open_where_no_login_is_asked_for(client: Client, db: None, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    assert client.get("/").status_code == 200


def test_it_gives_the_token_that_the_api_asks_for(browser: Client) -> None:
    browser.get("/")
    assert browser.cookies["csrftoken"].value


def test_it_keeps_to_its_number_of_queries(
    browser: Client, make_job: MakeJob, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 5):
        for _ in range(count):
            make_job(status="completed", pages_failed=1)
            make_job()
        # session, user, counts, jobs, who waits before whom, room
        with django_assert_num_queries(6):
            browser.get("/")


@pytest.mark.parametrize(("name", "sees"), [("alice", False), ("bob", True)])
def test_it_shows_the_admin_link_to_staff(client: Client, alice: User, bob: User, name: str, sees: bool) -> None:
    client.force_login(User.objects.get(username=name))
    assert (b'href="/admin/"' in client.get("/").content) is sees


def test_it_offers_to_log_out(browser: Client) -> None:
    assert '<form method="post" action="/logout">' in text(browser)
