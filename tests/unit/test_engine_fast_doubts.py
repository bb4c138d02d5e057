"""When `fast` says that a page may have come out badly."""

import pytest

from jobs.engines.fast_rules.doubts import doubt
from jobs.engines.fast_rules.pieces import Line, Run, Sheet, Style, line_of
from jobs.engines.fast_rules.tables import Table

WORDS = "The quick brown fox jumps over the lazy dog and runs on through the woods until it finds a quiet place. "


def sheet(*texts: str, side: str = "", hidden: int = 0) -> Sheet:
    """A page of these lines below each other; `side` stands beside the first."""
    lines = [line(text, 50, 100 + 12 * at) for at, text in enumerate(texts)]
    if side:
        lines.insert(1, line(side, 300, 100))
    return Sheet(600, 800, lines, [], [], hidden)


def line(text: str, x0: float, y0: float) -> Line:
    return line_of([Run(text, Style(10.0), x0, x0 + 200)], x0, y0, x0 + 200, y0 + 10)


def told(page: Sheet, *tables: Table, large: bool = False, covered: float = 0.0) -> str | None:
    return doubt(page, tables, lambda: covered, large=large)


def test_it_has_no_doubt_of_plain_text() -> None:
    assert told(sheet(*[WORDS] * 5), covered=0.5) == "a picture"  # it is short
    assert told(sheet(*[WORDS] * 20), covered=0.5) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\ufffd\ufffd of " + WORDS[:20], "letters without meaning"),
        ("".join(chr(ord(sign) - 29) if sign.isalpha() else sign for sign in WORDS), "letters without meaning"),
        ("W e n d sev eral tec hnical pictures in p w a ys that v ery few p eople like", "words in pieces"),
    ],
)
def test_it_doubts_text_that_is_not_what_is_seen(text: str, reason: str) -> None:
    assert told(sheet(*[text] * 20)) == reason


def test_it_knows_languages_by_their_vowels() -> None:
    assert told(sheet(*["Strč prst skrz krk a pak se ještě zeptej strýčka Příhody na cestu domů"] * 20)) is None


def test_it_doubts_text_below_a_large_picture() -> None:
    assert told(sheet(*[WORDS] * 20), large=True) == "a picture"


def test_it_doubts_text_from_right_to_left_only_where_it_is_in_pieces() -> None:
    assert told(sheet(*["שלום עולם זה מבחן של טקסט"] * 5)) is None
    assert told(sheet(*["שלום עולם זה מבחן של טקסט"] * 5, side="עוד")) == "text from right to left in pieces"


def test_it_doubts_columns_of_letters() -> None:
    letters = Table(0, 0, 9, 9, [["右", "日"], ["か", "本"], ["ら", "語"], ["左", "の"], ["へ", "文"]], ruled=False)
    ticks = Table(0, 0, 9, 9, [["x", "y"]] * 9, ruled=True)
    assert told(sheet(*[WORDS] * 20), letters) == "letters apart"
    assert told(sheet(*[WORDS] * 20), ticks) is None
