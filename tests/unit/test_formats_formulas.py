"""Formulas that vision models write."""

import pytest

from jobs.formats.rendering import page_html


def html(markdown: str) -> str:
    return page_html(markdown, with_formulas=True).strip()


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("so $x_1 * y_1 * z$ is", '<p>so <span class="math">x_1 * y_1 * z</span> is</p>'),
        ("$a \\text{ if it is } b$", '<p><span class="math">a \\text{ if it is } b</span></p>'),
        ("$5 x = y$", '<p><span class="math">5 x = y</span></p>'),
        (r"so \(a_1 < b_1\) is", '<p>so <span class="math">a_1 &lt; b_1</span> is</p>'),
        ("so $$a$$ is", '<p>so <span class="math display">a</span> is</p>'),
        (r"so \[a\] is", '<p>so <span class="math display">a</span> is</p>'),
        ("$$\na\n= b\n- c\n$$", '<div class="math display">a\n= b\n- c</div>'),
        ("text\n\\[\na\n\\]\nmore", '<p>text</p>\n<div class="math display">a</div><p>more</p>'),
        (r"$\alpha \$ 5$", '<p><span class="math">\\alpha \\$ 5</span></p>'),
        ("- $$x$$ of", '<ul>\n<li><span class="math display">x</span> of</li>\n</ul>'),
    ],
)
def test_it_marks_formulas(markdown: str, expected: str) -> None:
    assert html(markdown) == expected


def test_it_marks_formulas_in_tables() -> None:
    assert '<td><span class="math">x</span></td>' in html("| a |\n| - |\n| $x$ |")


@pytest.mark.parametrize(
    "markdown",
    [
        "costs $5 and $6",
        "costs $20,000 and 30$ more",
        "US$5 to US$6",
        "at $5, and `$x` more",
        "at $5/kg, and more than 6$ a piece",
        "from $HOME/$PATH",
        r"\$x\$",
        "`$x$` and `\\(x\\)`",
        "```\n$$\nx\n$$\n```",
        "    $$\n    x\n    $$",
        "one $ two $",
        "$$",
        "$$\nnever closed",
    ],
)
def test_it_leaves_dollars_alone(markdown: str) -> None:
    assert "math" not in html(markdown)


def test_it_loses_no_text_beside_a_formula() -> None:
    assert html(r"\[1\] and \[2\] more") == (
        '<p><span class="math display">1</span> and <span class="math display">2</span> more</p>'
    )


def test_it_keeps_a_formula_from_being_markup() -> None:
    assert html("$a<script>alert(1)</script>$") == (
        '<p><span class="math">a&lt;script&gt;alert(1)&lt;/script&gt;</span></p>'
    )
    assert html('<span class="evil" onclick="alert(1)">x</span>') == "<p><span>x</span></p>"


def test_it_knows_no_formulas_in_the_words_of_a_pdf() -> None:
    assert page_html("so $x_1$ is").strip() == "<p>so $x_1$ is</p>"
    assert page_html('<span class="math">x</span>').strip() == "<p>x</p>"


@pytest.mark.parametrize("opening", ["$$\n", "\\[\n", "$a ", r"\(", "$$ ", r"\[ \( "])
def test_it_is_fast_with_what_is_never_closed(opening: str) -> None:
    assert len(html(opening * 10_000)) > 0
