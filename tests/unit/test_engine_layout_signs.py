"""Symbol fonts, formulas, ligatures, raised and lowered letters."""

# ruff: noqa: RUF001 (signs that look like others are what this is about)

from typing import Any

from jobs.engines.layout_passes import direction, formulas, reading, symbols, writing
from jobs.engines.layout_passes.shapes import Cell, Line, Table
from tests.unit.test_engine_layout_shapes import block, line, span


def given(text: str, left: float, top: float, **about: Any) -> dict[str, Any]:
    """A span as PyMuPDF gives it, ten points high unless `size` says otherwise; its base line is its bottom."""
    size = about.get("size", 10)
    right = left + about.get("width", size / 2 * len(text))
    origin = (left, top + size)
    return {"text": text, "bbox": (left, top, right, top + size), "size": size, "font": about.get("font", "F"),
            "flags": 0, "char_flags": 0, "alpha": 255, "origin": origin}  # fmt: skip


def read(*spans: dict[str, Any]) -> Line:
    (found,) = reading.lines([{"lines": [{"dir": (1.0, 0.0), "spans": list(spans)}]}])
    return found


def written(one: Line) -> str:
    return writing.markdown([block("text", one)])[0]


def test_it_names_the_signs_of_symbol_fonts() -> None:
    assert symbols.named("\uf061\uf0b3", "ABCDEF+SymbolMT") == "α≥"
    assert symbols.named("§ \uf0fc", "Wingdings-Regular") == "▪ ✓"
    assert symbols.named("✓", "Wingdings") == "✓"
    assert symbols.named("a", "Helvetica") == "a"
    assert symbols.named("Acme\uf8ea \uf8e8 \uf6d9 \uf8eb\uf8ecx\uf8f6", "Helvetica") == "Acme™ ® © (x)"


def test_it_names_the_operators_of_tex() -> None:
    blocks = [{"lines": [{"spans": [{"font": "CMEX10", "text": "\ufffd"}, {"font": "CMR10", "text": "\ufffd"}]}]}]
    coded = [{"lines": [{"spans": [{"font": "CMEX10", "text": "X"}, {"font": "CMR10", "text": "?"}]}]}]
    assert symbols.lacks_operators(blocks)
    symbols.with_operators(blocks, coded)
    assert [one["text"] for one in blocks[0]["lines"][0]["spans"]] == ["∑", "\ufffd"]


def test_it_tells_raised_from_lowered_letters() -> None:
    assert written(read(given("H", 0, 0), given("2", 5, 6, size=6), given("O", 9, 0))) == "H<sub>2</sub>O"
    assert written(read(given("x", 0, 0), given("2", 5, 0, size=6))) == "x<sup>2</sup>"


def test_it_takes_one_over_six_for_no_sixteen() -> None:
    fraction = read(given("= ", 0, 0), given("1", 20, -8, width=5), given("6", 20, 4, width=5), given("n", 26, 0))
    assert written(fraction) == "= 1/6n"


def test_it_puts_limits_to_their_sign() -> None:
    lines = [line("n", 2, 0, size=7), line("k=1", 0, 30, size=7), Line([span("∑", 0, 15), span(" k", 12, 15)])]
    assert writing.markdown([block("formula", *formulas.limited(lines))])[0] == "∑<sub>k=1</sub><sup>n</sup> k"


def test_it_takes_aligned_equations_for_no_table() -> None:
    sums = [[Cell("R(n) ="), Cell("n"), Cell("+"), Cell("1")], [Cell("="), Cell("n"), Cell("+"), Cell("2")]]
    assert formulas.is_one(Table((0, 0, 9, 9), sums))
    assert not formulas.is_one(Table((0, 0, 9, 9), [[Cell("Speed"), Cell("+")], [Cell("Price"), Cell("-")]]))


def test_it_spells_the_ligature_lam_alef() -> None:
    letters = [{"c": "\u0627", "bbox": (9, 0, 9, 9)}, {"c": "\u0644", "bbox": (4, 0, 9, 9)}]
    article = [{"c": "\u0627", "bbox": (6, 0, 9, 9)}, {"c": "\u0644", "bbox": (3, 0, 6, 9)}]
    (found,) = direction.spelled([{"lines": [{"spans": [{"chars": letters}, {"chars": article}]}]}])
    assert [one["text"] for one in found["lines"][0]["spans"]] == ["\u0644\u0627", "\u0627\u0644"]
