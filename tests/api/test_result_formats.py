"""GET /api/jobs/{job_id}/result?format=html|text|json|zip"""

import json
import re
import zipfile
from io import BytesIO
from typing import Any

import jsonschema
import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from jobs import services, storage
from jobs.downloads import download_as
from jobs.errors import FilesLost
from jobs.formats import FORMATS
from jobs.models import Job, Page, Reading
from tests.api.conftest import assert_problem, body
from tests.conftest import MakeJob, Work
from tests.pictures import store_picture
from tests.server import ROOT

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400
SCHEMA = json.loads((ROOT / "jobs/static/jobs/result.schema.json").read_text())
BLOCKS: list[dict[str, Any]] = [
    {"type": "heading", "text": "A title", "bbox": [72, 70.5, 300, 90], "at": 0, "to": 9, "level": 1},
    {
        "type": "table",
        "text": "a b c",
        "bbox": [72, 100, 300, 200],
        "at": 11,
        "to": 40,
        "cells": [
            [{"text": "a", "rows": 1, "columns": 2, "head": True}],
            [{"text": "b", "rows": 1, "columns": 1, "head": False}],
        ],
    },
]


def url(job: Job, form: str) -> str:
    return f"/api/jobs/{job.job_id}/result?format={form}"


@pytest.fixture
def with_result(make_job: MakeJob) -> MakeJob:
    """A completed job whose result is `markdown`, with the named pictures."""

    def make(markdown: str = "# Result\n", pictures: tuple[str, ...] = (), **changes: Any) -> Job:
        job = make_job(status="completed", **changes)
        job.result.save("result.md", ContentFile(markdown.encode()))
        Job.objects.filter(pk=job.pk).update(result_bytes=job.result.size)
        for number, name in enumerate(pictures):
            store_picture(job, name, PNG + bytes([number]))
        return job

    return make


@pytest.mark.parametrize(
    ("form", "content_type", "name"),
    [
        ("html", "text/html; charset=utf-8", "My Report.html"),
        ("text", "text/plain; charset=utf-8", "My Report.txt"),
        ("json", "application/json", "My Report.json"),
        ("zip", "application/zip", "My Report.zip"),
    ],
)
def test_it_is_a_download(with_result: MakeJob, as_alice: APIClient, form: str, content_type: str, name: str) -> None:
    response = as_alice.get(url(with_result(filename="My Report.pdf"), form))
    assert response.status_code == 200
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert body(response)
    assert not Reading.objects.exists()


def test_it_names_the_formats_that_there_are(with_result: MakeJob, as_alice: APIClient) -> None:
    detail = assert_problem(as_alice.get(url(with_result(), "docx")), 400, "bad_option")["detail"]
    assert "docx" in detail
    assert "md, html, text, json, zip" in detail


# --- html --------------------------------------------------------------------------------------------------------


def test_it_gives_one_page_that_needs_nothing_else(with_result: MakeJob, as_alice: APIClient) -> None:
    job = with_result('# Ünder\n\n| a |\n| --- |\n| b |\n\n<table>\n<tr><td rowspan="2">c</td></tr>\n</table>\n')
    response = as_alice.get(url(job, "html"))
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
    )
    html = body(response).decode()
    assert html.startswith('<!doctype html>\n<html lang="">')
    assert html.rstrip().endswith("</html>")
    assert "<title>report</title>" in html
    assert "<h1>Ünder</h1>" in html
    assert '<td rowspan="2">c</td>' in html
    assert "http" not in html.replace("http-equiv", "")


def test_it_says_the_language_that_ocr_was_told(with_result: MakeJob, as_alice: APIClient) -> None:
    assert b'<html lang="de">' in body(as_alice.get(url(with_result(options={"ocr_language": "de"}), "html")))
    assert b'<html lang="">' in body(as_alice.get(url(with_result(options={"ocr_language": "deu+eng"}), "html")))


def test_it_takes_nothing_for_markup_that_the_upload_is_called(with_result: MakeJob, as_alice: APIClient) -> None:
    html = body(as_alice.get(url(with_result(filename="</title><script>alert(1)</script>.pdf"), "html"))).decode()
    assert "<script" not in html


def test_it_has_nothing_that_runs(with_result: MakeJob, as_alice: APIClient) -> None:
    hostile = "<script>alert(1)</script>\n\n<svg onload=alert(1)>\n\n[a](javascript:alert(1)) <img src=x onerror=b>\n"
    html = body(as_alice.get(url(with_result(hostile), "html"))).decode()
    assert not re.search(r"<script|<svg|onload|onerror|href=\"javascript", html)


def test_it_has_its_pictures_inside(with_result: MakeJob, as_alice: APIClient) -> None:
    markdown = (
        '![one](images/page-00001-01.png) src="images/page-00001-01.png"\n\n'
        "![gone](images/page-00009-01.png) ![two](images/page-00002-01.png)\n"
    )
    job = with_result(markdown, ("page-00001-01.png", "page-00002-01.png"))
    html = body(as_alice.get(url(job, "html"))).decode()
    assert html.count('<img src="data:image/png;base64,iVBORw0KGgo') == 2
    assert 'src="images/page-00001-01.png"</p>' in html
    assert '<img alt="gone">' in html


def test_it_shows_where_pages_begin(with_result: MakeJob, as_alice: APIClient) -> None:
    html = body(as_alice.get(url(with_result("<!-- page 3 -->\n\na\n\n<!-- page 7 -->\n\nb\n\n"), "html"))).decode()
    assert re.findall(r'<div class="page"[^>]*>(\d+)</div>', html) == ["3", "7"]


# --- text --------------------------------------------------------------------------------------------------------


def test_it_gives_the_words_of_each_page(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed", numbers=[2, 4, 9], pages_failed=1)
    job.pages.filter(number=4).update(blocks=BLOCKS)
    assert body(as_alice.get(url(job, "text"))).decode().split("\f") == [
        "Page 2\n\nText of page 2.\n",
        "A title\n\na\nb\n",
        "[Page 9 could not be converted. The converter stopped on it.]\n",
        "",
    ]


# --- json --------------------------------------------------------------------------------------------------------


def test_it_gives_all_that_is_known(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed", numbers=[2, 4, 9], pages_failed=1, input_sha256="ab" * 32, warnings=["Damaged."])
    job.pages.filter(number=4).update(
        blocks=BLOCKS,
        label="iv",
        source="ocr",
        frame={"width": 595.0, "height": 842.0, "turned": 90},
        warnings=["Dim."],
    )
    document = json.loads(body(as_alice.get(url(job, "json"))))
    jsonschema.validate(document, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert (document["version"], document["job"], document["filename"]) == (1, job.job_id, "report.pdf")
    assert (document["pages_total"], document["pages_failed"], document["failed_pages"]) == (3, 1, [9])
    assert document["source_sha256"] == "ab" * 32
    assert document["durations"]["seconds"] is not None
    plain, full, failed = document["pages"]
    assert (plain["number"], plain["status"], plain["markdown"]) == (2, "done", "# Page 2\n\nText of page 2.")
    assert plain["blocks"] == []
    assert (plain["label"], plain["width"], plain["source"]) == (None, None, None)
    assert (full["label"], full["source"], full["width"], full["turned"]) == ("iv", "ocr", 595.0, 90)
    assert full["blocks"] == BLOCKS
    assert (failed["status"], failed["error"]) == ("failed", "The converter stopped on it.")


def test_its_schema_fits_what_the_workers_make(make_job: MakeJob, as_alice: APIClient, work: Work) -> None:
    job = make_job(engine="fast")
    work()
    document = json.loads(body(as_alice.get(url(job, "json"))))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(document, SCHEMA)
    assert [page["number"] for page in document["pages"]] == [1, 2, 3]


def test_it_does_not_tell_the_password(make_job: MakeJob, as_alice: APIClient) -> None:
    job = make_job(status="completed", password="open sesame")
    assert b"sesame" not in body(as_alice.get(url(job, "json")))


# --- zip ---------------------------------------------------------------------------------------------------------


def opened(content: bytes) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(BytesIO(content))
    assert archive.testzip() is None
    return archive


def test_it_gives_the_markdown_with_its_pictures(with_result: MakeJob, as_alice: APIClient) -> None:
    markdown = "![one](images/page-00001-01.png)\n\n![two](images/page-00002-01.png) [a](https://example.org)\n" * 100
    archive = opened(body(as_alice.get(url(with_result(markdown, ("page-00001-01.png", "page-00002-01.png")), "zip"))))
    assert archive.namelist() == ["result.md", "images/page-00001-01.png", "images/page-00002-01.png"]
    assert archive.read("result.md").decode() == markdown
    assert archive.read("images/page-00002-01.png") == PNG + b"\x01"
    links = re.findall(r"\((images/[^)]+)\)", markdown)
    assert links
    assert set(links) <= set(archive.namelist())
    assert archive.getinfo("result.md").compress_size < len(markdown) / 10


def test_it_holds_the_markdown_alone_where_there_are_no_pictures(with_result: MakeJob, as_alice: APIClient) -> None:
    assert opened(body(as_alice.get(url(with_result(), "zip")))).namelist() == ["result.md"]


# --- what is missing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["zip", "html"])
def test_it_says_that_a_picture_is_gone(with_result: MakeJob, as_alice: APIClient, form: str) -> None:
    job = with_result("![one](images/page-00001-01.png)\n", ("page-00001-01.png",))
    storage.discard(storage.picture_path(job.job_id, "page-00001-01.png"))
    detail = assert_problem(as_alice.get(url(job, form)), 410, "files_lost")["detail"]
    assert "page-00001-01.png" in detail
    assert not Reading.objects.exists()


@pytest.mark.parametrize("form", ["zip", "html"])
def test_it_breaks_off_when_a_picture_goes_meanwhile(with_result: MakeJob, as_alice: APIClient, form: str) -> None:
    job = with_result("![one](images/page-00001-01.png)\n", ("page-00001-01.png",))
    response = as_alice.get(url(job, form))
    storage.discard(storage.picture_path(job.job_id, "page-00001-01.png"))
    with pytest.raises(FilesLost):
        body(response)
    assert not Reading.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_holds_nothing_any_more_when_it_broke_off(with_result: MakeJob) -> None:
    job = with_result("![one](images/page-00001-01.png)\n", ("page-00001-01.png",))
    response = download_as(job, FORMATS["zip"])
    storage.discard(storage.picture_path(job.job_id, "page-00001-01.png"))

    async def pieces() -> list[bytes]:
        return [piece async for piece in response]

    with pytest.raises(FilesLost):
        async_to_sync(pieces)()
    assert [source.closed for source in response.sources] == [True]
    assert not Reading.objects.exists()


@pytest.mark.parametrize("form", ["text", "json"])
def test_it_breaks_off_when_the_job_goes_meanwhile(with_result: MakeJob, as_alice: APIClient, form: str) -> None:
    job = with_result()
    response = as_alice.get(url(job, form))
    services.delete(job)
    with pytest.raises(FilesLost):
        body(response)


@pytest.mark.parametrize("form", FORMATS)
def test_it_says_that_the_files_are_gone(with_result: MakeJob, as_alice: APIClient, form: str) -> None:
    job = with_result()
    storage.discard(job.result.name)
    assert_problem(as_alice.get(url(job, form)), 410, "files_lost")
    services.purge(services.Rules(jobs=0))
    assert_problem(as_alice.get(url(job, form)), 410, "result_purged")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("status", "code"), [("processing", "result_not_ready"), ("cancelled", "no_result")])
def test_it_is_there_when_the_markdown_is(
    make_job: MakeJob, as_alice: APIClient, form: str, status: str, code: str
) -> None:
    assert_problem(as_alice.get(url(make_job(status=status), form)), 404, code)


# --- how it is sent ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_it_comes_piece_by_piece_from_an_async_server(with_result: MakeJob, form: str) -> None:
    text = "word " * 50_000
    job = with_result(f"# a\n\n{text}\n\n![one](images/page-00001-01.png)\n", ("page-00001-01.png",))
    job.pages.update(markdown=text, blocks=[])
    response = download_as(job, FORMATS[form])

    async def pieces() -> list[bytes]:
        return [piece async for piece in response]

    found = async_to_sync(pieces)()
    response.sources[0].close()
    assert len(found) > 1
    assert all(found)


@pytest.mark.parametrize("form", ["md", *FORMATS])
def test_it_makes_nothing_for_who_wants_only_the_head(with_result: MakeJob, as_alice: APIClient, form: str) -> None:
    response = as_alice.head(url(with_result(), form))
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert not response.streaming or body(response) == b""
    assert not Reading.objects.exists()


@pytest.mark.parametrize(("form", "queries"), [("html", 6), ("text", 7), ("json", 8), ("zip", 6)])
def test_it_keeps_to_its_number_of_queries(
    with_result: MakeJob,
    as_alice: APIClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    form: str,
    queries: int,
) -> None:
    job = with_result(last_accessed_at=timezone.now(), total_pages=20, pages_failed=3)
    with django_assert_num_queries(queries):
        body(as_alice.get(url(job, form)))


@pytest.mark.parametrize("form", FORMATS)
def test_it_refuses_strangers(with_result: MakeJob, as_charlie: APIClient, form: str) -> None:
    assert_problem(as_charlie.get(url(with_result(), form)), 404, "job_not_found")


def test_it_knows_the_states_and_sources_that_there_are() -> None:
    page = SCHEMA["$defs"]["page"]["properties"]
    assert page["status"]["enum"] == Page.Status.values
