"""Tesseract, through MuPDF's own copy of it: used where its language data is on the machine and asked for."""

from typing import Any

from jobs.engines.ocr.languages import tesseract_data
from jobs.engines.ocr.rapid import Found

_DPI, _LONGEST = 200, 2700  # pixels on the longer side: posters must not burst the memory


def read(page: Any, languages: list[str]) -> list[Found]:
    """The lines of an upright page, boxes in points."""
    dpi = min(_DPI, int(_LONGEST * 72 / max(page.rect.width, page.rect.height)))
    textpage = page.get_textpage_ocr(language="+".join(languages), dpi=dpi, full=True, tessdata=tesseract_data())
    lines = [line for block in textpage.extractDICT()["blocks"] for line in block.get("lines", ())]
    found = [("".join(span["text"] for span in line["spans"]).strip(), tuple(line["bbox"])) for line in lines]
    return [Found(text, box) for text, box in found if text]
