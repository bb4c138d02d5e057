"""Submit: from an uploaded file to a job that waits its turn."""

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import cast

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from jobs import queue
from jobs.errors import Problem
from jobs.models import Job
from jobs.services import Options, submit
from tests import pdfs
from tests.conftest import StoredFiles

Upload = Callable[..., TemporaryUploadedFile]


@pytest.fixture
def upload(own_settings: None) -> Iterator[Upload]:
    """Makes the file that a client has sent."""
    made = []

    def make(content: bytes, name: str = "My report.pdf") -> TemporaryUploadedFile:
        file = TemporaryUploadedFile(name, "application/pdf", len(content), None)
        made.append(file)
        file.write(content)
        file.seek(0)
        return file

    yield make
    for file in made:
        file.close()


@pytest.fixture
def small_limits(settings: Settings) -> None:
    settings.MAX_PAGES, settings.MAX_UPLOAD_MB = 4, 1


def test_it_makes_a_pending_job(alice: User, upload: Upload, stored_files: StoredFiles) -> None:
    content = pdfs.pages(3)
    job = submit(
        owner=alice, file=upload(content), options=Options(page_breaks=True), engine="fake", client_ref="order 7"
    )
    job.refresh_from_db()
    assert (job.owner, job.filename, job.client_ref, job.engine) == (alice, "My report.pdf", "order 7", "fake")
    assert (job.status, job.total_pages, job.pages_done, job.input_bytes) == ("pending", 3, 0, len(content))
    assert job.options == asdict(Options(page_breaks=True))
    assert [(page.number, page.status, page.attempts) for page in job.pages.all()] == [
        (number, "pending", 0) for number in (1, 2, 3)
    ]
    assert stored_files() == [f"jobs/{job.job_id}/input.pdf"]
    with job.input.open() as file:
        assert file.read() == content


@pytest.mark.without("s3")
def test_it_moves_the_upload_instead_of_copying_it(alice: User, upload: Upload) -> None:
    file = upload(pdfs.pages(1))
    before = os.stat(file.temporary_file_path()).st_ino
    job = submit(owner=alice, file=file, options=Options())
    assert os.stat(job.input.path).st_ino == before


def test_it_takes_the_pages_that_were_picked(alice: User, upload: Upload) -> None:
    job = submit(owner=alice, file=upload(pdfs.pages(5)), options=Options(pages="4-,2"))
    assert job.total_pages == 3
    assert [page.number for page in job.pages.all()] == [2, 4, 5]


def test_it_needs_no_owner(db: None, upload: Upload) -> None:
    assert submit(owner=None, file=upload(pdfs.pages(1)), options=Options()).owner is None


def test_it_keeps_the_password_for_the_conversion(alice: User, upload: Upload) -> None:
    job = submit(owner=alice, file=upload(pdfs.encrypted("pass word")), options=Options(), password="pass word")
    assert Job.objects.get(pk=job.pk).password == "pass word"


def test_it_keeps_which_release_converts(alice: User, upload: Upload) -> None:
    job = submit(owner=alice, file=upload(pdfs.pages(1)), options=Options())
    assert job.engine == "layout"
    assert job.engine_version.startswith("pymupdf 2")


def test_it_says_that_a_damaged_pdf_was_repaired(alice: User, upload: Upload) -> None:
    job = submit(owner=alice, file=upload(pdfs.damaged()), options=Options())
    assert job.total_pages == 2
    assert any("damaged" in warning for warning in job.warnings)


def test_it_says_that_the_prompt_is_not_used(alice: User, upload: Upload) -> None:
    job = submit(owner=alice, file=upload(pdfs.pages(1)), options=Options(), prompt="Translate it.")
    assert any("prompt is not used" in warning for warning in job.warnings)
    assert submit(owner=alice, file=upload(pdfs.pages(1)), options=Options()).warnings == []


def test_it_wakes_workers_when_the_job_is_there_to_stay(
    alice: User, upload: Upload, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        submit(owner=alice, file=upload(pdfs.pages(1)), options=Options())
        assert queue.waiting_tokens() == 0
    assert queue.waiting_tokens() == 2  # for its page, and for its end


@pytest.mark.parametrize(
    ("content", "pages", "code"),
    [
        (b"", "", "empty_file"),
        (pdfs.not_a_pdf(), "", "not_a_pdf"),
        (pdfs.broken(), "", "broken_pdf"),
        (pdfs.encrypted("x"), "", "locked"),
        (pdfs.pages(2), "3", "bad_page_range"),
        (pdfs.pages(5), "", "too_many_pages"),
        (pdfs.pages(1) + bytes(1024 * 1024), "", "too_large"),
    ],
    ids=["empty", "no PDF", "broken", "locked", "range", "pages", "large"],
)
@pytest.mark.usefixtures("small_limits", "db")
def test_it_leaves_nothing_behind_when_it_refuses(
    upload: Upload, stored_files: StoredFiles, content: bytes, pages: str, code: str
) -> None:
    file = upload(content)
    with pytest.raises(Problem) as refusal:
        submit(owner=None, file=file, options=Options(pages=pages))
    assert refusal.value.code == code
    file.close()
    assert not Job.objects.exists()
    assert stored_files() == []


@pytest.mark.usefixtures("small_limits", "db")
def test_it_takes_a_part_of_a_pdf_that_is_too_long(upload: Upload) -> None:
    assert submit(owner=None, file=upload(pdfs.pages(5)), options=Options(pages="2-5")).total_pages == 4


def test_it_leaves_no_file_when_the_database_refuses(alice: User, upload: Upload, stored_files: StoredFiles) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        submit(owner=alice, file=upload(pdfs.pages(1)), options=Options(), client_ref=cast(str, None))
    assert not Job.objects.exists()
    assert stored_files() == []
