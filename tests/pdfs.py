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


def blank() -> bytes:
    """A PDF of one empty page."""
    with pymupdf.open() as pdf:
        pdf.new_page()
        return _bytes(pdf)


@cache
def small(count: int = 1) -> bytes:
    """A PDF of small pages, "Page 1" to "Page {count}", which OCR reads in no time."""
    with pymupdf.open() as pdf:
        for number in range(1, count + 1):
            page = pdf.new_page(width=200, height=80)
            page.insert_text((20, 50), f"Page {number}", fontsize=24)
        return _bytes(pdf)


@cache
def encrypted(password: str, count: int = 1, original: bytes = b"") -> bytes:
    """A PDF that opens with `password` only: `original`, or `count` pages."""
    with pymupdf.open("pdf", original or pages(count)) as pdf:
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


@cache
def photo(width: int = 300, height: int = 200, shade: int = 0) -> bytes:
    """A colourful picture as PNG, another one for each `shade`."""
    image = pymupdf.Pixmap(pymupdf.csRGB, (0, 0, width, height))
    for x in range(0, width, 10):
        image.set_rect((x, 0, x + 10, height), (x * 255 // width, (7 * x + shade) % 256, 255 - x * 255 // width))
    return bytes(image.tobytes("png"))


@cache
def illustrated(count: int = 1, shade: int = 0) -> bytes:
    """Pages with a sentence, a photo with the caption "Figure n: A photo of stripes", another sentence, a drawing with
    the labels "start" and "end" inside, and a last sentence."""
    with pymupdf.open() as pdf:
        for number in range(1, count + 1):
            page = pdf.new_page()
            page.insert_text((72, 80), "The first sentence of a page stands above its pictures.")
            page.insert_image((150, 120, 350, 250), stream=photo(shade=shade))
            page.insert_text((150, 268), f"Figure {number}: A photo of stripes")
            page.insert_text((72, 320), "The second sentence of a page stands between its pictures.")
            for x in range(6):
                page.draw_circle((150 + 30 * x, 420), 40)
            page.insert_text((150, 424), "start")
            page.insert_text((280, 424), "end")
            page.insert_text((72, 560), "The last sentence of a page stands below its pictures.")
        return _bytes(pdf)


@cache
def turned(degrees: int) -> bytes:
    """A page that is shown turned clockwise by so many degrees, and cropped: "Hidden words" stand outside. Its text
    runs level as it is shown."""
    with pymupdf.open() as drawn:
        page = drawn.new_page(width=500, height=400)
        page.insert_text((60, 80), "Words to be found", fontsize=18)
        page.insert_textbox((60, 120, 440, 300), "A paragraph follows below the title of the page. " * 5)
        page.insert_image((300, 300, 420, 380), stream=photo())
        size = (500, 400) if degrees % 180 == 0 else (400, 500)
        with pymupdf.open() as pdf:
            made = pdf.new_page(width=size[0] + 60, height=size[1] + 40)
            made.insert_text((2, 12), "Hidden words", fontsize=8)
            made.show_pdf_page(pymupdf.Rect(40, 20, 40 + size[0], 20 + size[1]), drawn, 0, rotate=degrees)
            made.set_cropbox((30, 15, 45 + size[0], 25 + size[1]))
            made.set_rotation(degrees)
            return _bytes(pdf)


def _bytes(pdf: Any, **options: Any) -> bytes:
    # Without the random id in the trailer a PDF is the same each time.
    made: bytes = pdf.tobytes(no_new_id=True, deflate=True, **options)
    return made
