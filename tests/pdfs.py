"""PDFs for the tests, as bytes: built with PyMuPDF, the impossible ones by hand."""

from functools import cache
from typing import Any

import pymupdf


@cache
def pages(count: int = 1, text: str = "") -> bytes:
    """A PDF of `count` pages, each with a heading "Page n" and `text` (or a sentence of its own) below."""
    with pymupdf.open() as pdf:
        for number in range(1, count + 1):
            page = pdf.new_page()
            page.insert_text((72, 72), f"Page {number}", fontsize=20)
            page.insert_textbox((72, 100, 520, 780), text or f"This is the text of page {number}.")
        return _bytes(pdf)


@cache
def encrypted(password: str, count: int = 1) -> bytes:
    """A PDF that opens with `password` only."""
    with pymupdf.open("pdf", pages(count)) as pdf:
        return _bytes(pdf, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=password, owner_pw=f"{password}-owner")


def encrypted_for_printing() -> bytes:
    """A PDF that everybody may read, and only the holder of a password may change."""
    with pymupdf.open("pdf", pages(1)) as pdf:
        return _bytes(pdf, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="", owner_pw="owner")


def truncated() -> bytes:
    """The first half of a PDF, as after a download that broke off."""
    whole = pages(3)
    return whole[: len(whole) // 2]


def broken() -> bytes:
    """Starts and ends like a PDF, with nothing in between that anybody could repair."""
    return b"%PDF-1.7\n" + b"\x93\x12\xfe garbage \x00" * 100 + b"\n%%EOF\n"


def damaged() -> bytes:
    """A PDF whose table of objects is wrong: readers repair it."""
    whole = pages(2)
    at = whole.rindex(b"startxref")
    return whole[:at] + b"startxref\n7\n%%EOF\n"


def no_pages() -> bytes:
    """A PDF as it should be, without a single page: PyMuPDF refuses to write one."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def not_a_pdf() -> bytes:
    """A picture that was given the wrong name."""
    return b"\x89PNG\r\n\x1a\n" + bytes(2000)


@cache
def scanned(count: int = 1) -> bytes:
    """A PDF of pictures of text, with no text of its own."""
    with pymupdf.open("pdf", pages(count)) as source, pymupdf.open() as pdf:
        for drawn in source:
            page = pdf.new_page(width=drawn.rect.width, height=drawn.rect.height)
            page.insert_image(page.rect, stream=drawn.get_pixmap(dpi=100).tobytes("png"))
        return _bytes(pdf)


@cache
def two_columns() -> bytes:
    """One page of two columns, "left 1" to "left 20" and "right 1" to "right 20"."""
    with pymupdf.open() as pdf:
        page = pdf.new_page()
        for x, side in ((72, "left"), (320, "right")):
            for line in range(1, 21):
                page.insert_text((x, 60 + 30 * line), f"{side} {line} of the two columns")
        return _bytes(pdf)


@cache
def table() -> bytes:
    """One page with a ruled table of three rows: Fruit/Price, apple/1, pear/2."""
    rows = (("Fruit", "Price"), ("apple", "1"), ("pear", "2"))
    with pymupdf.open() as pdf:
        page = pdf.new_page()
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                left, top = 72 + 150 * across, 100 + 30 * down
                page.draw_rect(pymupdf.Rect(left, top, left + 150, top + 30))
                page.insert_text((left + 5, top + 21), cell)
        return _bytes(pdf)


def _bytes(pdf: Any, **options: Any) -> bytes:
    # Without the random id in the trailer a PDF is the same each time.
    made: bytes = pdf.tobytes(no_new_id=True, deflate=True, **options)
    return made
