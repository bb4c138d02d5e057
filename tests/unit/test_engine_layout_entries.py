"""Lines that are each a thing of their own."""

from jobs.engines.layout_passes import entries, lists, writing
from jobs.engines.layout_passes.shapes import Block, Line
from tests.unit.test_engine_layout_shapes import block, line, span


def written(*blocks: Block) -> str:
    return writing.markdown(lists.nested(lists.continued(lists.split(entries.parted(list(blocks))))))[0]


def test_it_makes_items_of_a_table_of_contents() -> None:
    titles = [("1.1 Scope … 2", 0), ("1.1.1 Terms … iv", 20), ("Use … 4-1", 0)]
    contents = [line(text, x, 12 * n) for n, (text, x) in enumerate(titles)]
    for kind in ("text", "table"):
        assert written(block(kind, *contents)) == "- 1.1 Scope … 2\n    - 1.1.1 Terms … iv\n- Use … 4-1"


def test_it_leaves_text_in_which_dots_stand() -> None:
    found = [block("text", line("He waited …"), line("and waited … 3 days", y=12), line("and went.", y=24))]
    assert len(entries.parted(found)) == 1


def test_it_makes_items_of_bold_terms() -> None:
    terms = [Line([span(f"{n}:00 ", 0, 12 * n, bold=True), span("Talk", 40, 12 * n)]) for n in range(3)]
    assert written(block("text", *terms)) == "- **0:00** Talk\n- **1:00** Talk\n- **2:00** Talk"


def test_it_leaves_text_with_bold_words_in_it() -> None:
    lines = [Line([span("Bold ", 0, 12 * n, bold=True), span("plain", 25, 12 * n)]) for n in range(2)]
    assert len(entries.parted([block("text", *lines, line("all plain", y=24))])) == 1
