"""The id of a job, made of the name of its file."""

import re
from datetime import UTC, datetime

import pytest

from jobs.models import Job
from jobs.services.submission import new_job_id

AT = datetime(2026, 1, 7, 14, 30, 22, tzinfo=UTC)


def test_it_is_made_of_name_time_and_chance() -> None:
    assert re.fullmatch(r"my_document_pdf_20260107_143022_[0-9a-f]{8}", new_job_id("my document.pdf", AT))


def test_it_is_another_each_time() -> None:
    assert len({new_job_id("a.pdf", AT) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("filename", "begins"),
    [
        ("Report (final).PDF", "report_final_pdf_"),
        ("Übergrößenträger.pdf", "ubergroentrager_pdf_"),
        ("scan", "scan_pdf_"),
        ("notes.txt", "notes_txt_"),
        ("日本語.pdf", "document_pdf_"),
        ("😀.pdf", "document_pdf_"),
        ("...", "document_pdf_"),
        ("--rf *;$(x)`.pdf", "rf_x_pdf_"),
        ("../../etc/passwd", "etc_passwd_pdf_"),
        ("a" * 255 + ".pdf", "a" * 60 + "_pdf_"),
    ],
)
def test_it_takes_of_the_name_what_is_safe(filename: str, begins: str) -> None:
    assert re.fullmatch(re.escape(begins) + r"20260107_143022_[0-9a-f]{8}", new_job_id(filename, AT))


@pytest.mark.parametrize("filename", ["", "/", "\0", "a" * 5000, "x." + "y" * 300, "'\"<>|&\n\r\t"])
def test_it_is_fit_for_addresses_folders_and_the_database(filename: str) -> None:
    most = Job._meta.get_field("job_id").max_length
    assert re.fullmatch(f"[a-z0-9_]{{1,{most}}}", new_job_id(filename, AT))
