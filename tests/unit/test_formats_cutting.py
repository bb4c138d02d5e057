"""Markdown cut into pieces that can be rendered one by one."""

import pytest

from jobs.formats.cutting import cut

PARAGRAPH = "word " * 200
LONGEST = 2 * 65_536


def pieces(text: str) -> list[str]:
    return list(cut([text]))


def test_it_loses_nothing() -> None:
    text = "\n\n".join(f"# {n}\n\n{PARAGRAPH}\n\n- a\n\n    b\n\n```\ncode\n\nmore\n```" for n in range(100)) + "\n"
    found = pieces(text)
    assert len(found) > 5
    assert "".join(found).replace("\n", "") == text.replace("\n", "")
    assert all(piece.startswith(("# ", "word", "```")) for piece in found)


def test_it_does_not_matter_how_the_text_comes() -> None:
    text = f"# a\n\n{PARAGRAPH}\n\nb\n" * 50
    assert list(cut([text])) == list(cut(list(text))) == list(cut([text[:1000], "", text[1000:]]))


def test_it_keeps_short_text_whole() -> None:
    assert pieces("# a\n\nb\n\n- c\n") == ["# a\n\nb\n\n- c\n"]
    assert pieces("") == pieces("\n\n") == []


def test_it_gives_page_dividers_alone() -> None:
    found = pieces("<!-- page 1 -->\n\na\n\n<!-- page 20 -->\n\n```\n\n<!-- page 3 -->\n```\n\nb <!-- page 4 -->\n")
    assert found[:3] == ["<!-- page 1 -->\n", "\na\n\n", "<!-- page 20 -->\n"]
    assert len(found) == 4


@pytest.mark.parametrize(
    "text",
    [
        f"- a\n\n  {PARAGRAPH}\n\n" * 15,
        "```\n" + f"{PARAGRAPH}\n\nx\n" * 30 + "```\n",
        "<table>\n" + f"<tr><td>{PARAGRAPH}</td></tr>\n\n" * 30 + "</table>\n",
    ],
    ids=["list", "code", "table"],
)
def test_it_does_not_cut_what_belongs_together(text: str) -> None:
    assert pieces(text) == [text]


def test_it_repeats_the_head_of_a_long_table() -> None:
    head = "| a | b |\n| --- | ---: |\n"
    found = pieces(head + "| some | 12345 |\n" * 20_000)
    assert len(found) > 5
    assert all(piece.startswith(head) for piece in found)
    assert sum(piece.count("12345") for piece in found) == 20_000


def test_it_closes_and_opens_long_code_again() -> None:
    found = pieces("~~~~ py\n" + "some code\n" * 20_000 + "~~~~\n")
    assert all(piece.startswith("~~~~ py\n") and piece.rstrip().endswith("\n~~~~") for piece in found)
    assert sum(piece.count("some code\n") for piece in found) == 20_000


def test_it_closes_and_opens_a_long_html_table_again() -> None:
    found = pieces("<table>\n" + "<tr><td>some</td></tr>\n" * 20_000 + "</table>\n")
    assert len(found) > 5
    assert all(piece.startswith("<table>") for piece in found)
    assert sum(piece.count("some") for piece in found) == 20_000


def test_it_does_not_take_all_that_follows_for_a_table_that_was_never_closed() -> None:
    assert len(pieces("<table>\n<tr><td>a\n\n" + f"{PARAGRAPH}\n\n" * 200)) > 10


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "x " * 500_000,
        "`" * 1_000_000,
        "<table>" * 100_000,
        "> \n" * 300_000,
        "```\n" + "~" * 1_000_000,
    ],
    ids=["word", "line", "ticks", "tables", "quotes", "open"],
)
def test_it_bounds_the_pieces_whatever_comes(text: str) -> None:
    found = pieces(text)
    assert max(map(len, found)) < LONGEST
    assert sum(map(len, found)) < 3 * len(text)
