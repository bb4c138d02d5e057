"""Headings and their levels; seams."""

from jobs.engines.layout_passes import headings, seams, writing
from tests.unit.test_engine_layout_shapes import block, line


def test_it_takes_captions_and_paragraphs_for_no_headings() -> None:
    found = [
        block("heading", line("Table 3 Sizes")),
        block("heading", line("words " * 60)),
        block("heading", line("Sizes")),
    ]
    assert [one.kind for one in headings.checked(found, 10)] == ["caption", "text", "heading"]


def test_it_takes_a_formula_for_no_heading() -> None:
    assert headings.checked([block("heading", line("a2 + b2 = c2", size=18))], 10)[0].kind == "text"


def test_it_takes_big_short_text_for_a_heading() -> None:
    found = [block("text", line("A Title", size=18)), block("text", line("words", size=10))]
    assert [one.kind for one in headings.checked(found, 10)] == ["heading", "text"]


def test_it_cuts_a_bold_title_out_of_a_paragraph() -> None:
    lines = [line("It ends here."), line("The context", y=12, bold=True), line("The term is new.", y=24)]
    assert [one.kind for one in headings.parted([block("text", *lines)])] == ["text", "heading", "text"]


def test_it_leaves_bold_words_in_a_sentence() -> None:
    lines = [line("It is"), line("very important,", y=12, bold=True), line("they said.", y=24)]
    assert len(headings.parted([block("text", *lines)])) == 1


def test_it_levels_by_bookmarks_then_by_size() -> None:
    found = [
        block("heading", line(text, size=size)) for text, size in (("Part One", 20), ("1.1  Scope", 14), ("More", 12))
    ]
    levels = [one.level for one in headings.levelled(found, {headings.title_key("1.1 Scope"): 4}, 10)]
    assert levels == [1, 4, 3]


def test_it_begins_at_two_where_nothing_is_big() -> None:
    assert headings.levelled([block("heading", line("Small", size=11))], {}, 10)[0].level == 2


def test_it_tells_the_seams_of_a_page() -> None:
    blocks = [
        block("heading", line("Title", size=14)),
        block("text", line("goes on")),
        block("footnote", line("1 Note")),
    ]
    blocks[0].level = 1
    text, places = writing.markdown(blocks)
    found = seams.found(blocks, places, {})
    assert found["headings"] == [[14, 0]]
    assert (found["first"]["kind"], found["last"]["kind"]) == ("other", "text")
    assert text[found["last"]["at"] : found["last"]["to"]] == "goes on"
