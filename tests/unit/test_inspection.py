"""The look into an uploaded PDF, in a real sandbox."""

from pathlib import Path

import pymupdf
import pytest

from jobs.errors import NotAPdf, UnreadablePdf
from jobs.services.inspection import Inspected, inspect
from tests import pdfs


def looked_into(folder: Path, content: bytes, password: str = "") -> Inspected:
    path = folder / "upload.pdf"
    path.write_bytes(content)
    return inspect(str(path), password)


@pytest.mark.parametrize(
    ("content", "password", "pages"),
    [
        (pdfs.pages(1), "", 1),
        (pdfs.pages(3), "", 3),
        (pdfs.pages(3), "not needed", 3),
        (pdfs.scanned(), "", 1),
        (pdfs.encrypted("pass word", 2), "pass word", 2),
        (pdfs.encrypted("пароль", 2), "пароль", 2),
        (pdfs.encrypted_for_printing(), "", 1),
        (b"\xef\xbb\xbf" + b"some mailer's line\n" * 50 + pdfs.pages(2), "", 2),
    ],
    ids=["one", "three", "password", "scan", "encrypted", "Unicode", "printing", "preamble"],
)
def test_it_counts_the_pages(tmp_path: Path, content: bytes, password: str, pages: int) -> None:
    assert looked_into(tmp_path, content, password).page_count == pages


def test_it_tells_whether_a_pdf_had_to_be_repaired(tmp_path: Path) -> None:
    assert looked_into(tmp_path, pdfs.damaged()) == Inspected(page_count=2, repaired=True)
    assert looked_into(tmp_path, pdfs.pages(2)) == Inspected(page_count=2, repaired=False)


@pytest.mark.parametrize(
    ("content", "password", "code"),
    [
        (pdfs.broken(), "", "broken_pdf"),
        (pdfs.truncated(), "", "truncated"),
        (pdfs.pages(1)[:-10], "", "truncated"),
        (b"%PDF-1.7\n", "", "truncated"),
        (pdfs.no_pages(), "", "no_pages"),
        (pdfs.encrypted("secret"), "", "locked"),
        (pdfs.encrypted("secret"), "Secret", "wrong_password"),
    ],
    ids=["broken", "half", "almost", "header", "no pages", "locked", "wrong password"],
)
def test_it_refuses_what_can_not_be_converted(tmp_path: Path, content: bytes, password: str, code: str) -> None:
    with pytest.raises(UnreadablePdf) as refusal:
        looked_into(tmp_path, content, password)
    assert refusal.value.code == code
    assert refusal.value.status == 422


@pytest.mark.parametrize(
    "content",
    [pdfs.not_a_pdf(), b"%PDF", b"PK\x03\x04", b" " * 2000 + pdfs.pages(1)],
    ids=["png", "short", "zip", "late"],
)
def test_it_refuses_what_is_no_pdf(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotAPdf):
        looked_into(tmp_path, content)


def test_it_goes_on_after_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePdf):
        looked_into(tmp_path, pdfs.broken())
    assert looked_into(tmp_path, pdfs.pages(1)).page_count == 1


def test_it_tells_the_printed_page_numbers(tmp_path: Path) -> None:
    rules = [{"startpage": 0, "style": "r", "firstpagenum": 1}, {"startpage": 2, "prefix": "A-", "style": "D"}]
    with pymupdf.open("pdf", pdfs.pages(4)) as pdf:
        pdf.set_page_labels(rules)
        content = pdf.tobytes()
    assert looked_into(tmp_path, content).labels == ("i", "ii", "A-1", "A-2")


def test_it_takes_a_pdf_whose_page_numbers_are_nonsense(tmp_path: Path) -> None:
    with pymupdf.open("pdf", pdfs.pages(2)) as pdf:
        pdf.xref_set_key(pdf.pdf_catalog(), "PageLabels", "<</Nums[0 (x) 1 7 2 <</St/Q>>]>>")
        content = pdf.tobytes()
    assert set(looked_into(tmp_path, content).labels) <= {""}
