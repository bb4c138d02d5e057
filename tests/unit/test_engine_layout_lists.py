"""Lists: items, levels, marks."""

from jobs.engines.layout_passes import lists, writing
from jobs.engines.layout_passes.shapes import Block, Line
from tests.unit.test_engine_layout_shapes import block, line, span


def written(*blocks: Block) -> str:
    return writing.markdown(lists.nested(lists.continued(lists.split(list(blocks)))))[0]


def test_it_makes_one_item_of_each_bullet() -> None:
    assert (
        written(block("list", line("• one"), line("more of one", y=12), line("• two", y=24)))
        == "- one more of one\n- two"
    )


def test_it_finds_lists_in_text() -> None:
    assert (
        written(block("text", line("Bring:"), line("• pens", y=12), line("• ink", y=24))) == "Bring:\n\n- pens\n- ink"
    )


def test_it_takes_a_lone_dash_for_a_dash() -> None:
    assert written(block("text", line("He came"), line("- as always - late.", y=12))) == "He came - as always - late."


def test_it_nests_by_indent() -> None:
    items = [block("list", line(f"• {name}", x, y)) for name, x, y in (("a", 0, 0), ("b", 20, 12), ("c", 0, 24))]
    assert written(*items) == "- a\n    - b\n- c"


def test_it_keeps_numbers() -> None:
    assert written(block("list", line("1. one"), line("2) two", y=12))) == "1. one\n2. two"


def test_it_knows_the_bullets_of_word() -> None:
    assert (
        written(block("list", Line([span("o", mono=True), span("  one", 5)]), line("\ufffd two", y=12)))
        == "- one\n- two"
    )


def test_it_joins_the_rest_of_an_item() -> None:
    item, rest = block("list", line("• ability to", 10, 0)), block("text", line("control it", 20, 12))
    assert written(item, rest) == "- ability to control it"


def test_it_knows_a_bullet_by_its_font() -> None:
    lines = [Line([span("¦", 0, 12 * n, font="Dingbats"), span(" text", 5, 12 * n, font="Times")]) for n in range(2)]
    assert written(block("text", *lines)) == "- text\n- text"


def test_it_takes_a_sign_in_the_font_of_the_text_for_text() -> None:
    assert written(block("text", Line([span("¦"), span(" text", 5)]))) == "¦ text"


def test_it_takes_a_bare_number_that_comes_next() -> None:
    items = [
        block("list", line(text, 0, 12 * n)) for n, text in enumerate(("3. Three", "4 http://x.org", "99 luftballons"))
    ]
    assert written(*items) == "3. Three\n4. http://x.org\n- 99 luftballons"
