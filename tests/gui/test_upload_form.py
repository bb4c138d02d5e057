"""The upload as a plain form, for browsers without scripts."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from jobs.models import Job
from tests import pdfs
from tests.api.conftest import multipart
from tests.conftest import StoredFiles


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def form(*files: tuple[str, bytes], **fields: Any) -> dict[str, Any]:
    """What a browser sends: each field, also those that nobody filled in."""
    empty = {"engine": "", "prompt": ["", ""], "pages": "", "ocr": "", "ocr_language": "", "password": ""}
    return {**empty, **fields, "file": [SimpleUploadedFile(name, content) for name, content in files]}


def test_it_takes_several_files(browser: Client, alice: User) -> None:
    answer = browser.post("/upload", form(("one.pdf", pdfs.pages(1)), ("two.pdf", pdfs.pages(2))))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    found = Job.objects.order_by("filename").values_list("filename", "owner", "total_pages", "engine")
    assert list(found) == [("one.pdf", alice.pk, 1, "layout"), ("two.pdf", alice.pk, 2, "layout")]


def test_it_hands_options_on(browser: Client) -> None:
    browser.post(
        "/upload",
        form(("a.pdf", pdfs.pages(3)), pages="2-3", engine="fast", images="true", page_furniture="keep", ocr="never"),
    )
    job = Job.objects.get()
    assert (job.engine, job.total_pages) == ("fast", 2)
    assert (job.options["images"], job.options["page_furniture"], job.options["ocr"]) == (True, "keep", "never")


@pytest.mark.parametrize(
    ("prompts", "prompt"),
    [(["Tables only.", ""], "Tables only."), (["own", "As a poem."], "As a poem."), (["own", ""], ""), (["", ""], "")],
)
def test_it_takes_one_of_the_prompts(browser: Client, prompts: list[str], prompt: str) -> None:
    browser.post("/upload", form(("a.pdf", pdfs.pages(1)), prompt=prompts))
    assert Job.objects.get().prompt == prompt


def test_it_tells_which_files_it_did_not_take(browser: Client, stored_files: StoredFiles) -> None:
    files = (("good.pdf", pdfs.pages(1)), ("<b>.pdf", pdfs.encrypted("x")), ("no.pdf", pdfs.not_a_pdf()))
    answer = browser.post("/upload", form(*files), headers={"X-Request-ID": "request-7"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "&lt;b&gt;.pdf" in page
    for words in ("The PDF is locked.", "does not start like a PDF", "request-7", "1 file was taken"):
        assert words in page
    assert Job.objects.get().filename == "good.pdf"
    assert len(stored_files()) == 1


@pytest.mark.parametrize(("fields", "code"), [({"pages": "x"}, "bad_page_range"), ({"ocr": "maybe"}, "bad_option")])
def test_it_refuses_wrong_options_on_a_page(browser: Client, fields: dict[str, str], code: str) -> None:
    answer = browser.post("/upload", form(("a.pdf", pdfs.pages(1)), **fields))
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/html")
    assert code in answer.content.decode()
    assert not Job.objects.exists()


def test_it_asks_for_a_file(browser: Client) -> None:
    answer = browser.post("/upload", form())
    assert answer.status_code == 400
    assert b"Choose one PDF or several" in answer.content


def test_it_reads_names_as_the_api_does(browser: Client) -> None:
    sent = multipart(pdfs.pages(1), "../etc/passwd.pdf")
    answer = browser.post("/upload", **sent)
    assert answer.status_code == 400
    assert b"bad_file_name" in answer.content


def test_it_holds_to_the_size_limit(browser: Client, settings: Settings) -> None:
    settings.MAX_UPLOAD_MB = 0
    answer = browser.post("/upload", form(("a.pdf", pdfs.pages(1))))
    assert answer.status_code == 413
    assert b"too_large" in answer.content


def test_it_sends_strangers_to_the_login(client: Client, db: None) -> None:
    answer = client.post("/upload", form(("a.pdf", pdfs.pages(1))))
    assert (answer.status_code, answer["Location"]) == (302, "/login?next=/")
    assert not Job.objects.exists()


def test_it_refuses_a_form_of_another_site(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post("/upload", form(("a.pdf", pdfs.pages(1))))
    assert answer.status_code == 403
    assert not Job.objects.exists()


def test_it_takes_the_form_of_its_own_page(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    client.get("/")
    token = client.cookies["csrftoken"].value
    answer = client.post("/upload", form(("a.pdf", pdfs.pages(1)), csrfmiddlewaretoken=token))
    assert answer.status_code == 302
    assert Job.objects.count() == 1


def test_it_refuses_other_sites_in_open_mode(client: Client, db: None, settings: Settings) -> None:
    settings.REQUIRE_LOGIN = False
    answer = client.post("/upload", form(("a.pdf", pdfs.pages(1))), headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert not Job.objects.exists()
