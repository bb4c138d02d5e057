"""Tesseract, through MuPDF's own copy of it: used where its language data is on the machine and asked for."""

from functools import cache
from pathlib import Path
from typing import Any

import pymupdf

from jobs.engines.ocr.rapid import Found

# Two-letter codes (ISO 639-1) that people write, in Tesseract's three letters.
_SHORT = {
    "ar": "ara", "bg": "bul", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa",
    "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun",
    "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit", "lv": "lav", "nl": "nld", "no": "nor", "pl": "pol",
    "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe", "th": "tha",
    "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "chi_sim",
}  # fmt: skip
_DPI, _LONGEST = 200, 2700  # pixels on the longer side: posters must not burst the memory


def codes(asked: str) -> list[str]:
    """The languages of the option `ocr_language`: "de", "deu+eng" or "ru,en" in Tesseract's names."""
    parts = asked.lower().replace(",", "+").replace("-", "_").split("+")
    return [_SHORT.get(part.strip(), part.strip()) for part in parts if part.strip()]


@cache
def installed() -> frozenset[str]:
    """The languages whose data is on this machine."""
    folder = _data()
    return frozenset(path.stem for path in Path(folder).glob("*.traineddata")) if folder else frozenset()


@cache
def _data() -> str:
    try:
        return str(pymupdf.get_tessdata() or "")
    except Exception:  # noqa: BLE001 (PyMuPDF raises several kinds where there is none)
        return ""


def read(page: Any, languages: list[str]) -> list[Found]:
    """The lines of an upright page, boxes in points."""
    dpi = min(_DPI, int(_LONGEST * 72 / max(page.rect.width, page.rect.height)))
    textpage = page.get_textpage_ocr(language="+".join(languages), dpi=dpi, full=True, tessdata=_data())
    lines = [line for block in textpage.extractDICT()["blocks"] for line in block.get("lines", ())]
    found = [("".join(span["text"] for span in line["spans"]).strip(), tuple(line["bbox"])) for line in lines]
    return [Found(text, box) for text, box in found if text]
