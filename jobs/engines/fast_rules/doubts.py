"""When rules without a model are not enough: why a page should be given to another engine."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from jobs.engines.fast_rules.pieces import Sheet
from jobs.engines.fast_rules.tables import Table

_FEW = 20  # letters: a page with less has no text worth the name
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_BROKEN_SHARE = 0.05
_TURNED_SHARE = 0.15
_SPARSE, _COVERED = 1200, 0.15  # letters, share of the page: where pictures take the room of text they may hold some
_LATIN = re.compile("[a-z]", re.I)
_VOWEL = re.compile("[aeiouy]", re.I)
_TOLD = 200  # Latin letters: so many tell whether they make words
_VOWELS = 0.2  # of Latin letters: no language has less, but the codes of a font's glyphs do
_SINGLE = re.compile(r"(?<![^\s])[b-z](?![^\s])")  # a letter that is a word by itself
_WORDS, _SINGLES = 60, 0.1  # words on the page, share of single letters: more are words that fell apart
_RIGHTWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_RIGHTWARDS_SHARE = 0.3
_ROWS = 5
_DENSE = 4  # columns: a table this wide needs its rules


def doubt(sheet: Sheet, tables: Sequence[Table], pictures: Callable[[], float], *, large: bool = False) -> str | None:
    """Why the page may have come out badly, or None.

    `tables` are those that were found on it; `pictures` tells which share of it pictures cover, and is only asked where
    there is little text; `large` says that a picture on it could hold a page of text.
    """
    letters = sum(len(line.text) for line in sheet.lines)
    if letters < _FEW:
        return "no text"
    text = "\n".join(line.text for line in sheet.lines if not line.mono)
    broken = sum(len(_BROKEN.findall(line.text)) for line in sheet.lines)
    reasons = {
        "text of a scan": sheet.hidden > letters / 2,
        "letters without meaning": broken > _BROKEN_SHARE * letters or _is_coded(text),
        "words in pieces": _is_in_pieces(text),
        "letters apart": any(map(_is_of_letters, tables)),
        "text from right to left in pieces": _is_parted_rightwards(sheet, text),
        "turned text": sum(len(line.text) for line in sheet.turned) > _TURNED_SHARE * letters,
        "a picture": large or (letters < _SPARSE and pictures() > _COVERED),
        "a table without rules": any(not table.ruled and len(table.rows[0]) >= _DENSE for table in tables),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _is_coded(text: str) -> bool:
    """Whether the letters are not those that are seen: they make no words of a language in Latin letters."""
    latin = len(_LATIN.findall(text))
    return latin >= _TOLD and len(_VOWEL.findall(text)) < _VOWELS * latin


def _is_in_pieces(text: str) -> bool:
    """Whether words come in pieces, as from fonts that don't say how wide their letters are."""
    words = len(text.split())
    return words >= _WORDS and len(_SINGLE.findall(text)) > _SINGLES * words


def _is_of_letters(table: Table) -> bool:
    """Whether a table is text in columns of single letters, as it is set from top to bottom."""
    texts = [text for row in table.rows for text in row if text]
    single = sum(len(text) == 1 and text.isalpha() for text in texts)
    return not table.ruled and len(table.rows) >= _ROWS and single > 0.7 * len(texts)


def _is_parted_rightwards(sheet: Sheet, text: str) -> bool:
    """Whether text from right to left comes in several pieces a row, which the rules put from left to right."""
    if len(_RIGHTWARDS.findall(text)) < _RIGHTWARDS_SHARE * len(text):
        return False
    return any(
        min(line.y1, other.y1) - max(line.y0, other.y0) > 0.5 * line.height for line, other in pairwise(sheet.lines)
    )
