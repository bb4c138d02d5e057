"""What models write becomes Markdown: their signs go, boxes become places, pictures stand where they were."""

import json
from typing import Any

import pytest

from jobs.engines import Markdown, Picture, joining
from jobs.engines.vision import Answer, Sheet, VisionFailure
from jobs.engines.vision.cells import cells
from jobs.engines.vision.composing import Cut, markdown, plain, read
from jobs.engines.vision.presets import GENERIC, PRESETS, asked, preset

SHEET = Sheet(number=7, width=600.0, height=800.0, pixels=(1200, 1600))


def page(text: str, name: str = GENERIC, images: bool = False, keep: bool = False, **how: Any) -> Markdown:
    """The page that the preset `name` makes of the answer `text`; with `images` each picture is cut out."""
    reading = read(Answer(text, **how), SHEET, PRESETS[name], keep_furniture=keep)
    names = {part: f"page-00007-{count:02}.png" for count, part in enumerate(reading.pictures(), 1)} if images else {}
    return markdown(reading, SHEET, Cut(names, [Picture(name, "", 1, 1) for name in names.values()]), {})


# --- around the page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("# A\n\nb", "# A\n\nb"),
        ("```markdown\n# A\n\nb\n```", "# A\n\nb"),
        ("```\n# A\n```\n", "# A"),
        ("```markdown\n# A\n\nand its end is cut", "# A\n\nand its end is cut"),
        ("```markdown\n# A\n\n```python\nx\n```\n\nb\n```", "# A\n\n```python\nx\n```\n\nb"),
        ("```\na\n```\n\ntext\n\n```\nb\n```", "```\na\n```\n\ntext\n\n```\nb\n```"),
        ("```python\nx = 1\n```", "```python\nx = 1\n```"),
        ("<think>Hm, a heading.</think>\n# A", "# A"),
        ("# A<|im_end|>", "# A"),
        ("# A<｜end▁of▁sentence｜>", "# A"),  # noqa: RUF001
        ("a\n<--- Page Split --->\nb", "a\nb"),
        ("a\n\n<page_split>\n\nb", "a\n\nb"),
        ("a\n--- page split ---\nb", "a\nb"),
        ("a\n\n---\n\nb", "a\n\n---\n\nb"),
        ("<center>Figure 1</center>", "Figure 1"),
        ("<|grounding|>a <bbox>1, 2, 3, 4</bbox>b", "a b"),
        ("<|object_ref_start|>a word<|object_ref_end|><|box_start|>(1,2),(3,4)<|box_end|>", "a word"),
        ("the <|ref|>red one<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|> here", "the red one here"),
        ('<p data-bbox="1 2 3 4">a</p>', "<p>a</p>"),
        ("---\nprimary_language: en\nis_table: False\n---\nA page.", "A page."),
        ("---\ntitle: mine\n---\nA page.", "---\ntitle: mine\n---\nA page."),
        ("a\r\nb", "a\nb"),
    ],
)
def test_it_takes_the_page_out_of_what_is_around_it(answer: str, text: str) -> None:
    assert page(answer).text == text


@pytest.mark.parametrize("answer", ["", " \n", "<think>nothing</think>", "```markdown\n```"])
def test_it_fails_a_page_about_which_nothing_is_said(answer: str) -> None:
    with pytest.raises(VisionFailure, match="empty answer"):
        page(answer)


def test_it_says_that_the_end_is_missing() -> None:
    assert page("text", is_cut=True).warnings == [
        "Page 7: the model's answer was longer than allowed; its end is missing."
    ]


@pytest.mark.parametrize(
    ("keep", "text"), [(False, "A page.\n\nSigned: Bob"), (True, "A page.\n\nSigned: Bob\n\nCOPY\n\n14")]
)
def test_it_leaves_marked_furniture_out(keep: bool, text: str) -> None:
    answer = (
        "A page.\n\nSigned: <signature>Bob</signature>\n\n<watermark>COPY</watermark>\n\n<page_number>14</page_number>"
    )
    assert page(answer, keep=keep).text == text


def test_it_keeps_furniture_where_nothing_else_is() -> None:
    assert page("<page_number>14</page_number>").text == "14"


def test_it_tells_blocks_where_no_boxes_are_told() -> None:
    whole = [0, 0, 600, 800]
    text = "# A\n**b**\nc\n\n- one\n- two\n\n```\nx\n\n\ny\n```\n\n$$\nz\n$$\n\n| n |\n| --- |\n| 1 |"
    made = page(text)
    assert made.source == "vision"
    assert made.text == text.replace("# A\n", "# A\n\n")
    assert [block["type"] for block in made.blocks] == ["heading", "text", "list", "code", "formula", "table"]
    assert made.blocks[0] == {"type": "heading", "text": "A", "bbox": whole, "at": 0, "to": 3, "level": 1}
    assert made.blocks[1] == {"type": "text", "text": "b c", "bbox": whole, "at": 5, "to": 12}
    assert made.blocks[3]["text"] == "x\n\n\ny"
    assert [[cell["text"] for cell in row] for row in made.blocks[5]["cells"]] == [["n"], ["1"]]


def test_it_keeps_a_table_of_html_in_one_block() -> None:
    table = "<table>\n<tr><td>1</td></tr>\n\n<tr><td>2</td></tr>\n</table>"
    made = page(f"Before\n\n{table}\n\nAfter\n\n[1]: http://x.org")
    assert made.text == f"Before\n\n{table}\n\nAfter\n\n[1]: http://x.org"
    assert [block["type"] for block in made.blocks] == ["text", "table", "text"]
    assert len(made.blocks[1]["cells"]) == 2


def test_it_takes_a_table_that_was_cut_off_to_its_end() -> None:
    made = page("<table><tr><td>1</td></tr>\n\n<tr><td>2")
    assert [block["type"] for block in made.blocks] == ["table"]


# --- labels with boxes -------------------------------------------------------------------------------------------

LABELS = """<|ref|>header<|/ref|><|det|>[[10, 5, 990, 30]]<|/det|>
Annual report

<|ref|>sub_title<|/ref|><|det|>[[100, 99.9, 500, 150]]<|/det|>
## Fruit

<|ref|>text<|/ref|><|det|>[[100, 200, 400, 300], [500, 200, 999, 250]]<|/det|>
Two *columns*.

<|ref|>image<|/ref|><|det|>[[0, 400, 999, 600]]<|/det|>

<|ref|>image_caption<|/ref|><|det|>[[0, 610, 999, 640]]<|/det|>
Figure 1: [an] apple

<|ref|>table<|/ref|><|det|>[[0, 700, 999, 900]]<|/det|>
<table><tr><td>a</td><td>b</td></tr></table>
"""


def test_it_reads_labels_with_boxes() -> None:
    made = page(LABELS, "deepseek-ocr")
    assert made.text == (
        "## Fruit\n\nTwo *columns*.\n\nFigure 1: [an] apple\n\n<table><tr><td>a</td><td>b</td></tr></table>"
    )
    assert [block["type"] for block in made.blocks] == ["heading", "text", "picture", "caption", "table"]
    heading, text, *_, table = made.blocks
    assert (heading["level"], heading["text"], heading["bbox"]) == (2, "Fruit", [60.1, 80.0, 300.3, 120.1])
    assert text["bbox"] == [60.1, 160.2, 600.0, 240.2]
    assert (table["text"], len(table["cells"])) == ("a\tb", 1)
    assert [made.text[block["at"] : block["to"]] for block in made.blocks[:2]] == ["## Fruit", "Two *columns*."]


def test_it_reads_labels_of_which_the_signs_were_dropped() -> None:
    bare = LABELS.replace("<|ref|>", "").replace("<|/ref|>", "").replace("<|det|>", "").replace("<|/det|>", "")
    assert page(bare, "deepseek-ocr") == page(LABELS, "deepseek-ocr")


def test_it_keeps_headers_where_they_are_wanted() -> None:
    assert page(LABELS, "deepseek-ocr", keep=True).text.startswith("Annual report\n\n## Fruit")


def test_it_puts_pictures_where_they_were() -> None:
    made = page(LABELS, "deepseek-ocr", images=True)
    assert (
        "Two *columns*.\n\n![Figure 1: \\[an\\] apple](images/page-00007-01.png)\n\nFigure 1: [an] apple" in made.text
    )
    assert made.blocks[2]["image"] == "page-00007-01.png"
    assert [picture.name for picture in made.pictures] == ["page-00007-01.png"]


def test_it_says_that_a_page_is_but_a_picture() -> None:
    made = page("<|ref|>image<|/ref|><|det|>[[0, 0, 999, 999]]<|/det|>", "deepseek-ocr")
    assert (made.text, made.source) == ("", "none")
    assert made.warnings == ["Page 7 has no text that could be read."]


@pytest.mark.parametrize(
    "box", ["[[1e9, 0, 5, 5]]", "[[-50, -50, -10, -10]]", "[[5, 5, 5, 5]]", "[[1, 2, 3]]", "[[]]", "[[,,,]]"]
)
def test_it_does_not_believe_boxes_that_are_not_on_the_page(box: str) -> None:
    made = page(f"<|ref|>image<|/ref|><|det|>{box}<|/det|>\n\ntext", "deepseek-ocr", images=True)
    assert "images/" not in made.text
    assert "text" in made.text


# --- a JSON list -------------------------------------------------------------------------------------------------

ELEMENTS = [
    {"bbox": [100, 100, 400, 200], "category": "Title", "text": "Fruit"},
    {"bbox": [100, 220, 400, 260], "category": "Section-header", "text": "## Apples"},
    {"bbox": [100, 300, 400, 400], "category": "Formula", "text": "x^2"},
    {"bbox": [100, 500, 400, 600], "category": "Picture"},
    {"bbox": [100, 610, 400, 640], "category": "Caption", "text": "An apple"},
    {"bbox": [100, 1500, 400, 1550], "category": "Page-footer", "text": "7"},
]


def test_it_reads_a_list_of_elements() -> None:
    made = page(json.dumps(ELEMENTS), "dots.ocr", images=True)
    assert made.text == "# Fruit\n\n## Apples\n\n$$\nx^2\n$$\n\n![An apple](images/page-00007-01.png)\n\nAn apple"
    assert made.blocks[0]["bbox"] == [50, 50, 200, 100]


@pytest.mark.parametrize("around", ["```json\n{}\n```", "{}"])
def test_it_takes_of_a_list_that_was_cut_what_is_whole(around: str) -> None:
    cut = json.dumps(ELEMENTS)[:170]
    assert page(around.replace("{}", cut), "dots.ocr").text == "# Fruit\n\n## Apples"


@pytest.mark.parametrize(
    "text",
    ["[1, 2]", '[{"a": 1}]', "[a link](to)", "[" * 5000, "[{", "[]"],
)
def test_it_takes_other_lists_for_text(text: str) -> None:
    assert page(text, "dots.ocr").text == text.strip()


@pytest.mark.parametrize("bbox", [None, 1, [1, 2], ["a", 1, 2, 3], [10**400, 0, 1, 1], [{}, [], 1, 1]])
def test_it_does_without_boxes_that_are_none(bbox: object) -> None:
    made = page(json.dumps([{"bbox": bbox, "category": "Text", "text": "a"}]), "dots.ocr")
    assert (made.text, made.blocks[0]["bbox"]) == ("a", [0, 0, 600, 800])


# --- Markdown with pictures marked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "mark", "shows"),
    [
        ("olmocr", "![a chart](page_100_200_300_400.png)", "a chart"),
        ("generic", "<!-- Image (100, 200, 300, 400) -->", "Picture 1 on page 7"),
        ("generic", '<img data-bbox="100 200 300 400" alt="a chart">', "a chart"),
    ],
)
def test_it_cuts_pictures_that_are_marked_with_their_place(name: str, mark: str, shows: str) -> None:
    made = page(f"before\n\n{mark}\n\nafter", name, images=True)
    assert made.text == f"before\n\n![{shows}](images/page-00007-01.png)\n\nafter"
    expected = [50, 100, 200, 300] if name == "olmocr" else [60, 160, 180, 320]
    assert made.blocks[1]["bbox"] == expected


@pytest.mark.parametrize(
    ("mark", "left"),
    [
        ("![a chart](page_100_200_300_400.png)", "a chart"),
        ("![a chart](https://example.org/track.png)", "a chart"),
        ("![](image.png)", ""),
        ("<img>a chart</img>", "a chart"),
        ('<img src="x.png" alt="a chart"/>', "a chart"),
        ("<!-- Image (1, 2, 300, 400) -->", ""),
        ("<!-- Table (1, 2, 300, 400) -->", ""),
        ("<!-- a remark -->", "<!-- a remark -->"),
    ],
)
def test_it_leaves_no_link_to_a_picture_that_is_not_there(mark: str, left: str) -> None:
    assert page(f"before\n\n{mark}\n\nafter").text == "\n\n".join(filter(None, ["before", left, "after"]))
    assert page(f"| a | {mark} |").text.split() == f"| a | {left} |".split()


def test_it_leaves_code_alone() -> None:
    code = "```\n![a](b.png)\n<|ref|>x<|/ref|>\n```"
    assert page(f"before\n\n{code}\n\nafter").text == f"before\n\n{code}\n\nafter"


@pytest.mark.parametrize(
    "hostile", ["<|ref|>" * 5000, "<img " * 5000, "![" * 9000, "```\n" * 5001, "<!-- " * 9000, "<box>" * 9000]
)
def test_it_is_soon_done_with_what_never_ends(hostile: str) -> None:
    page(f"text\n\n{hostile}")


# --- tables and text ---------------------------------------------------------------------------------------------


def test_it_reads_the_cells_of_tables() -> None:
    rows = cells("| a | b |\n|---|---|\n| 1 \\| 2 | **3** |")
    assert [[cell["text"] for cell in row] for row in rows] == [["a", "b"], ["1 | 2", "**3**"]]
    assert [[cell["head"] for cell in row] for row in rows] == [[True, True], [False, False]]
    ((head,), (left, right)) = cells(
        '<table><tr><th colspan="2">a <b>b</b></th></tr><tr><td rowspan="x">1</td><td>2</td></tr></table>'
    )
    assert head == {"text": "a b", "rows": 1, "columns": 2, "head": True}
    assert (left["rows"], right["text"]) == (1, "2")
    assert cells("no table") == []


@pytest.mark.parametrize(
    ("markdown", "text"),
    [("## *A* `b`", "A b"), ("a [link](x) <b>c</b>", "a link c"), ("2 * 3 _ 4", "2 * 3 _ 4"), ("a\n\nb", "a b")],
)
def test_it_makes_text_plain(markdown: str, text: str) -> None:
    assert plain(markdown) == text


# --- presets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("deepseek-ai/DeepSeek-OCR", "deepseek-ocr"),
        ("deepseek-ocr:3b", "deepseek-ocr"),
        ("allenai/olmOCR-2-7B-1025-FP8", "olmocr"),
        ("rednote-hilab/dots.ocr", "dots.ocr"),
        ("nanonets/Nanonets-OCR2-3B", "nanonets-ocr"),
        ("Qwen/Qwen3-VL-8B-Instruct", "qwen-vl"),
        ("gpt-5-mini", "generic"),
    ],
)
def test_it_knows_models_by_their_names(model: str, name: str) -> None:
    assert preset(model, "") is PRESETS[name]
    assert preset("my-model", name) is PRESETS[name]


def test_it_asks_with_the_prompt_of_the_job() -> None:
    assert asked(PRESETS["deepseek-ocr"], "") == "<|grounding|>Convert the document to markdown."
    assert asked(PRESETS["deepseek-ocr"], "<image>\nFree OCR.") == "Free OCR."


def test_it_takes_time_by_the_length_of_an_answer_only() -> None:
    made = page("<table>\n\n" + "a\n\n" * 5_000)
    assert [block["type"] for block in made.blocks] == ["table"]
    assert len(page("a\n\n" * 5_000).blocks) == 1


def joined_pages(*answers: str) -> str:
    made = [page(answer) for answer in answers]
    pages = [(number, each.text, joining.sound(each.seams, each.text)) for number, each in enumerate(made, 1)]
    return "".join(joining.joined(pages, joining.scale(seams for _, _, seams in pages)))


def test_it_joins_a_paragraph_that_goes_on_on_the_next_page() -> None:
    whole = joined_pages("# A\n\nIt begins on one page, as long paragraphs often", "do.\n\n## B\n\nThe end.")
    assert whole == "# A\n\nIt begins on one page, as long paragraphs often do.\n\n## B\n\nThe end.\n\n"


def test_it_joins_nothing_to_what_may_be_a_footer() -> None:
    assert joined_pages("It ends.\n\nwww.example.org", "the first") == "It ends.\n\nwww.example.org\n\nthe first\n\n"
    assert joined_pages("a " * 9, "| b |\n| --- |") == f"{('a ' * 9).strip()}\n\n| b |\n| --- |\n\n"
