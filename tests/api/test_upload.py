"""POST /api/upload"""

import re
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from jobs.models import Job
from tests import pdfs
from tests.api.conftest import Answer, Send, assert_problem, multipart
from tests.conftest import StoredFiles, Work


def test_it_answers_with_a_pending_job(send: Send) -> None:
    response = send(pdfs.pages(3), "My Report.pdf")
    assert response.status_code == 202
    document = response.json()
    job_id = document["job_id"]
    assert re.fullmatch(r"my_report_pdf_\d{8}_\d{6}_[0-9a-f]{8}", job_id)
    assert (document["status"], document["total_pages"], document["processed_pages"]) == ("pending", 3, 0)
    assert (document["filename"], document["engine"]) == ("My Report.pdf", "layout")
    assert document["input_bytes"] == len(pdfs.pages(3))
    assert response["Location"] == document["status_url"] == f"/api/jobs/{job_id}/status"
    assert document["result_url"] == f"/api/jobs/{job_id}/result"


def test_it_answers_what_the_job_s_own_address_answers(send: Send, as_alice: APIClient) -> None:
    document = send().json()
    assert as_alice.get(f"/api/jobs/{document['job_id']}").json() == document


def test_it_stores_the_file_as_it_came(send: Send, stored_files: StoredFiles) -> None:
    job = Job.objects.get(job_id=send(pdfs.scanned()).json()["job_id"])
    assert stored_files() == [f"jobs/{job.job_id}/input.pdf"]
    with job.input.open() as file:
        assert file.read() == pdfs.scanned()


def test_it_takes_options(send: Send) -> None:
    document = send(
        pdfs.pages(5),
        engine="fake",
        pages="2-3,5",
        page_breaks="true",
        images="true",
        ocr="always",
        ocr_language="deu+eng",
        page_furniture="keep",
        prompt="Keep the tables.",
        client_ref="order 7",
    ).json()
    assert (document["total_pages"], document["engine"], document["client_ref"]) == (3, "fake", "order 7")
    assert document["options"] == {
        "pages": "2-3,5",
        "page_breaks": True,
        "images": True,
        "ocr": "always",
        "ocr_language": "deu+eng",
        "page_furniture": "keep",
    }
    assert document["prompt"] == "Keep the tables."
    assert any("prompt is not used" in warning for warning in document["warnings"])


def test_it_is_converted_as_it_was_asked(send: Send, as_alice: APIClient, work: Work) -> None:
    job_id = send(pdfs.pages(3), engine="fake", prompt="fail:2").json()["job_id"]
    work()
    document = as_alice.get(f"/api/jobs/{job_id}").json()
    assert (document["status"], document["failed_pages"]) == ("completed", [2])


def test_it_takes_a_locked_pdf_with_its_password_and_never_shows_it(send: Send, as_alice: APIClient) -> None:
    response = send(pdfs.encrypted(" pass word "), password=" pass word ")
    assert response.status_code == 202
    assert Job.objects.get().password == " pass word "
    for text in (response.content, as_alice.get("/api/jobs").content):
        assert b"pass word" not in text
        assert b"password" not in text


def test_it_belongs_to_the_one_who_sent_it(send: Send, as_charlie: APIClient) -> None:
    job_id = send().json()["job_id"]
    assert_problem(as_charlie.get(f"/api/jobs/{job_id}"), 404, "job_not_found")


def test_it_needs_no_login_in_open_mode(api: APIClient, settings: Settings, db: None) -> None:
    settings.REQUIRE_LOGIN = False
    assert api.post("/api/upload", **multipart(pdfs.pages(1), "a.pdf")).status_code == 202
    assert Job.objects.get().owner is None


def test_it_keeps_to_its_number_of_queries(send: Send, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(9):  # what is held; the same file's jobs; the job, its event, its pages, a savepoint
        send(pdfs.pages(1))
    with django_assert_num_queries(9):
        send(pdfs.pages(20))


# --- what is refused leaves nothing behind -----------------------------------------------------------------------


@pytest.fixture(autouse=True)
def small_limits(settings: Settings) -> None:
    settings.MAX_PAGES, settings.MAX_UPLOAD_MB = 20, 1


def assert_refused(response: Answer, status: int, code: str, stored_files: StoredFiles) -> str:
    """The detail of the refusal."""
    detail: str = assert_problem(response, status, code)["detail"]
    assert not Job.objects.exists()
    assert stored_files() == []
    return detail


@pytest.mark.parametrize(
    ("content", "status", "code", "says"),
    [
        (b"", 400, "empty_file", "no content"),
        (pdfs.not_a_pdf(), 415, "not_a_pdf", "Only PDF"),
        (pdfs.broken(), 422, "broken_pdf", "can't be opened"),
        (pdfs.truncated(), 422, "truncated", "broke off"),
        (pdfs.encrypted("x"), 422, "locked", "`password`"),
        (pdfs.no_pages(), 422, "no_pages", "no pages"),
        (pdfs.pages(21), 422, "too_many_pages", "at most 20"),
        (pdfs.pages(1) + bytes(1024 * 1024), 413, "too_large", "at most 1 MB"),
    ],
    ids=["empty", "png", "broken", "truncated", "locked", "no pages", "too many", "too large"],
)
def test_it_refuses_a_bad_file(  # noqa: PLR0917 (four of them are the case)
    send: Send, stored_files: StoredFiles, content: bytes, status: int, code: str, says: str
) -> None:
    assert says in assert_refused(send(content), status, code, stored_files)


@pytest.mark.parametrize(
    ("fields", "code", "says"),
    [
        ({"pages": "4"}, "bad_page_range", "has 3 pages"),
        ({"pages": "one"}, "bad_page_range", "1-3,7"),
        ({"pages": "1," * 600}, "bad_option", "pages"),
        ({"engine": "magic"}, "bad_option", "layout"),
        ({"page_breaks": "perhaps"}, "bad_option", "page_breaks"),
        ({"images": "some"}, "bad_option", "images"),
        ({"ocr": "maybe"}, "bad_option", "ocr"),
        ({"ocr_language": "../deu"}, "bad_option", "ocr_language"),
        ({"page_furniture": "burn"}, "bad_option", "page_furniture"),
        ({"prompt": "x" * 10_001}, "bad_option", "prompt"),
        ({"prompt": "a\0b"}, "bad_option", "prompt"),
        ({"client_ref": "x" * 201}, "bad_option", "client_ref"),
        ({"password": "x" * 256}, "bad_option", "password"),
        ({"color": "blue"}, "bad_option", "color"),
        ({"a" * 500: "x"}, "bad_option", "aaa"),
        ({"status": "completed"}, "bad_option", "status"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_it_refuses_a_bad_option(
    send: Send, stored_files: StoredFiles, fields: dict[str, str], code: str, says: str
) -> None:
    assert says in assert_refused(send(pdfs.pages(3), "report.pdf", **fields), 400, code, stored_files)


def test_it_refuses_a_wrong_password(send: Send, stored_files: StoredFiles) -> None:
    assert_refused(send(pdfs.encrypted("x"), password="y"), 422, "wrong_password", stored_files)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "folder/report.pdf",
        "/report.pdf",
        "C:\\Users\\a\\report.pdf",
        "..\\report.pdf",
        "..",
        ". .",
        "a\0b.pdf",
        "bell\a.pdf",
        "line\nbreak.pdf",
        "a" * 300,
        "ä" * 300 + ".pdf",
    ],
    ids=lambda name: repr(name)[:24],
)
def test_it_refuses_a_hostile_name(send: Send, stored_files: StoredFiles, name: str) -> None:
    response = send(pdfs.pages(1), name)
    assert_refused(response, 400, "bad_file_name", stored_files)


@pytest.mark.parametrize(
    "name",
    [
        'it\'s "quoted".pdf',
        "😀 отчёт 日本語.pdf",
        "family 👨\u200d👩\u200d👧.pdf",
        "\u0645\u06cc\u200c\u062e.pdf",
        "Screenshot at 1.00.00\u202fPM.pdf",
        "no\u00a0break.pdf",
        "<img src=x onerror=alert(1)>.pdf",
        "$(reboot); rm -rf ~ `id` | x & y.pdf",
        "%2e%2e%2fetc%2fpasswd.pdf",
        "R&amp;D &#47; x.pdf",
        "-rf.pdf",
        "...pdf",
        " spaces .pdf ",
        "no extension",
        "a" * 251 + ".pdf",
    ],
    ids=lambda name: repr(name)[:24],
)
def test_it_takes_an_odd_name_as_it_is_and_comes_to_no_harm(send: Send, stored_files: StoredFiles, name: str) -> None:
    response = send(pdfs.pages(1), name)
    assert response.status_code == 202, response.content
    document = response.json()
    assert document["filename"] == name
    assert re.fullmatch("[a-z0-9_]{1,120}", document["job_id"])
    assert stored_files() == [f"jobs/{document['job_id']}/input.pdf"]


@pytest.mark.parametrize(
    ("request_body", "status", "code"),
    [
        ({"data": {}, "format": "multipart"}, 400, "no_file"),
        ({"data": {"file": "just text"}, "format": "multipart"}, 400, "no_file"),
        ({"data": b"", "content_type": "multipart/form-data; boundary=xyz"}, 400, "no_file"),
        ({"data": b"x", "content_type": "multipart/form-data"}, 400, "bad_request"),
        ({"data": b"x", "content_type": "multipart/form-data; boundary=\xff"}, 400, "bad_request"),
        ({"data": b'{"file": "x"}', "content_type": "application/json"}, 415, "unsupported_media_type"),
        ({"data": b"file=x", "content_type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
        ({"data": pdfs.pages(1), "content_type": "application/pdf"}, 415, "unsupported_media_type"),
        ({"data": b"x", "content_type": "nonsense"}, 415, "unsupported_media_type"),
    ],
    ids=["nothing", "text", "empty", "no boundary", "bad boundary", "json", "form", "pdf", "nonsense"],
)
def test_it_refuses_a_request_without_a_file(
    as_alice: APIClient, stored_files: StoredFiles, request_body: dict[str, Any], status: int, code: str
) -> None:
    assert_refused(as_alice.post("/api/upload", **request_body), status, code, stored_files)


def test_it_refuses_an_upload_that_breaks_off(as_alice: APIClient, stored_files: StoredFiles) -> None:
    whole = multipart(pdfs.pages(3), "a.pdf")
    response = as_alice.post("/api/upload", **{**whole, "data": whole["data"][:-700]})
    assert_refused(response, 400, "no_file", stored_files)


def test_it_refuses_a_form_that_is_too_much(send: Send, stored_files: StoredFiles) -> None:
    many = {f"field{number}": "x" for number in range(1100)}
    assert_refused(send(prompt="x" * 3_000_000), 400, "bad_request", stored_files)
    assert_refused(send(pdfs.pages(1), "a.pdf", **many), 400, "bad_request", stored_files)


def test_it_refuses_strangers_before_it_looks_at_the_file(api: APIClient, stored_files: StoredFiles, db: None) -> None:
    response = api.post("/api/upload", **multipart(pdfs.not_a_pdf(), "a.pdf"))
    assert_refused(response, 401, "login_required", stored_files)
