"""Which languages scans can be read in on this machine. Loads neither of the readers, so that anybody may ask."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

# Two-letter codes (ISO 639-1) that people write, in Tesseract's three letters.
_SHORT = {
    "ar": "ara", "bg": "bul", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa",
    "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun",
    "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit", "lv": "lav", "nl": "nld", "no": "nor", "pl": "pol",
    "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe", "th": "tha",
    "tr": "tur", "uk": "ukr", "vi": "vie", "zh": "chi_sim",
}  # fmt: skip

# What PP-OCRv6's small net can write, in Tesseract's names; others are Tesseract's.
_LATIN = (
    "afr aze bos cat ces cym dan deu eng est fil fin fra gle glg hrv hun ind isl ita lat lav lit ltz mlt mri msa nld "
    "nor oci pol por que ron slk slv spa sqi swa swe tgl tur uzb vie"
)
BUILT_IN = frozenset([*_LATIN.split(), "jpn", "chi_sim", "chi_tra"])

_FOLDERS = ("tesseract-ocr/*/tessdata", "tessdata")
_SHARES = ("/usr/share", "/usr/local/share", "/opt/homebrew/share")
_NO_LANGUAGES = {"osd", "equ"}  # data of Tesseract's for other ends
_SECONDS = 10


def codes(asked: str) -> list[str]:
    """The languages of the option `ocr_language`: "de", "deu+eng" or "ru,en" in Tesseract's names."""
    parts = asked.lower().replace(",", "+").replace("-", "_").split("+")
    return [_SHORT.get(part.strip(), part.strip()) for part in parts if part.strip()]


def readable() -> list[str]:
    """All languages that may be asked for here, in Tesseract's names."""
    return sorted(BUILT_IN | installed())


@cache
def installed() -> frozenset[str]:
    """The languages whose data for Tesseract is on this machine."""
    folder = tesseract_data()
    found = (path.stem for path in Path(folder).glob("*.traineddata")) if folder else ()
    return frozenset(found) - _NO_LANGUAGES


@cache
def tesseract_data() -> str:
    """The folder of Tesseract's data; empty where there is none."""
    there = [path for share in _SHARES for each in _FOLDERS for path in sorted(Path(share).glob(each))]
    return str(there[-1]) if there else _told_by_tesseract()


def _told_by_tesseract() -> str:
    program = shutil.which("tesseract")
    if program is None:
        return ""
    try:
        told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r'in "(.+)"', told.stdout)
    return found[1] if found else ""
