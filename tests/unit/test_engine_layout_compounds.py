"""Words with hyphens of their own at the end of a line."""

import pytest

from jobs.engines.layout_passes import compounds
from jobs.engines.layout_passes.words import joined
from jobs.engines.layout_passes.writing import markdown
from tests.unit.test_engine_layout_shapes import block, line

KNOWN = compounds.vocabulary(["An off-board plug; it is re‐used.", "a password"])  # noqa: RUF001


def written(before: str, after: str, kind: str = "text") -> str:
    return markdown(compounds.whole([block(kind, line(before), line(after, y=12))], KNOWN))[0]


@pytest.mark.parametrize(
    ("before", "after", "one"),
    [
        ("two off-", "board connectors", "two off-board connectors"),
        ("is re-", "used.", "is re-used."),
        ("a pass-", "word of", "a password of"),
        ("con-", "nected", "connected"),
        ("(self-", "esteem, that", "(self-esteem, that"),
        ("still high-", "er than", "still higher than"),
        ("the off-", "board", "the off-board"),
        ("state-of-the-", "art work", "state-of-the-art work"),
    ],
)
def test_it_keeps_the_hyphen_that_belongs_to_the_word(before: str, after: str, one: str) -> None:
    assert written(before, after) == one


def test_it_leaves_listings_as_they_are() -> None:
    code = compounds.whole([block("code", line("x = off-"), line("board", y=12))], KNOWN)
    assert [one.text for one in code[0].lines] == ["x = off-", "board"]


@pytest.mark.parametrize(
    ("before", "after", "one"),
    [
        ("self-", "esteem", "self-esteem"),
        ("so-", "called", "so-called"),
        ("so-", "lution", "solution"),
        ("multi-", "ple", "multiple"),
        ("OUT1L-", "OUT1R+", "OUT1L- OUT1R+"),
        ("COVID-", "19", "COVID-19"),
        ("日本", "語", "日本語"),
        ("日本", "x", "日本 x"),
    ],
)
def test_it_joins_by_what_words_are_like(before: str, after: str, one: str) -> None:
    assert joined(before, after) == one
