"""Typewriter faces and listings."""

from jobs.engines.layout_passes import listings, monospace
from jobs.engines.layout_passes.shapes import Line
from tests.unit.test_engine_layout_shapes import block, line, span


def test_it_knows_a_typewriter_face_by_its_name() -> None:
    (marked,) = monospace.marked([line("x = 1", font="ABCDEF+Courier-Bold")])
    assert listings.is_mono(marked)


def test_it_knows_a_typewriter_face_by_its_even_letters() -> None:
    lines = [
        line(text, font="Gothic", width=6 * len(text)) for text in ("while(true)", "    illicit();", "mmmm", "return")
    ]
    assert all(map(listings.is_mono, monospace.marked(lines)))


def test_it_takes_no_other_face_for_one() -> None:
    lines = [
        line(text, font="Serif", width=w) for text, w in (("while", 24), ("illicit", 20), ("mmmm", 30), ("return", 28))
    ]
    assert not any(map(listings.is_mono, monospace.marked(lines)))


def test_it_cuts_code_out_of_a_paragraph() -> None:
    text, first, second = line("As follows:"), line("if x:", y=12, mono=True), line("y()", y=24, mono=True)
    assert [part.kind for part in listings.found([block("text", text, first, second)])] == ["text", "code"]


def test_it_leaves_one_line_among_others() -> None:
    lines = [line("Type"), line("ls -l", y=12, mono=True), line("now.", y=24)]
    assert [part.kind for part in listings.found([block("text", *lines)])] == ["text"]


def test_it_joins_listings_that_follow_each_other() -> None:
    parts = [block("text", line("a()", y=0, mono=True)), block("text", line("b()", y=14, mono=True))]
    assert len(listings.found(parts)) == 1


def test_it_keeps_indents_and_gaps() -> None:
    lines = [
        Line([span("if x:", 50, mono=True)]),
        Line([span("y()", 70, 12, mono=True), span("# why", 110, 12, mono=True)]),
    ]
    assert listings.markdown(block("code", *lines)) == "```\nif x:\n    y()     # why\n```"


def test_it_keeps_empty_lines() -> None:
    lines = [line(text, y=y, mono=True) for text, y in (("a", 0), ("b", 12), ("c", 36), ("d", 48))]
    assert listings.markdown(block("code", *lines)) == "```\na\nb\n\nc\nd\n```"


def test_it_fences_what_holds_a_fence() -> None:
    assert listings.markdown(block("code", line("```", mono=True))).startswith("````\n")


def test_it_takes_an_item_in_a_typewriter_face_for_an_item() -> None:
    assert listings.found([block("list", line("• NULL;", mono=True))])[0].kind == "list"
