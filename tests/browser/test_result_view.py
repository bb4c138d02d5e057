"""The result in a browser: pictures beside Markdown, tabs, jumps, search, formulas, hostile documents, long ones."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import pdfs
from tests.browser.conftest import Site
from tests.browser.shelf import (
    FORMULAS,
    HOSTILE,
    HOSTILE_NAME,
    finished,
    hostile_pdf,
    partly_failed,
    running_job,
    written,
)

LONG = 1_000


@pytest.fixture(scope="module")
def partly(site: Site) -> str:
    return partly_failed(site.server)


@pytest.fixture(scope="module")
def long(site: Site) -> str:
    return finished(site.server, pdfs.pages(LONG), "long.pdf", engine="fake")


def expect_at_top(page: Page, number: int) -> None:
    """That the row of page `number` begins right below the tools, and stays there."""
    page.wait_for_function(
        """number => {
            const row = document.getElementById(`page-${number}`)?.getBoundingClientRect();
            return row && Math.abs(row.top - document.getElementById("tools").offsetHeight) < 12;
        }""",
        arg=number,
    )


def test_it_shows_pictures_beside_what_the_real_engine_made(page: Page, site: Site) -> None:
    job_id = finished(site.server, pdfs.table(), "fruit.pdf")
    page.goto(f"/jobs/{job_id}")
    picture = page.get_by_role("img", name="Page 1 of the PDF")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('.page-picture img').naturalWidth > 300")
    table = page.locator("#page-1").get_by_role("table")
    expect(table).to_contain_text("apple")
    left, right = picture.bounding_box(), table.bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]


def test_it_shows_the_markdown_as_it_is(page: Page, partly: str) -> None:
    page.goto(f"/jobs/{partly}")
    rendered, raw = page.get_by_role("tab", name="Rendered"), page.get_by_role("tab", name="Markdown")
    text = page.locator("#page-1 .page-text")
    expect(text.get_by_role("heading", name="Page 1")).to_be_visible()
    rendered.focus()
    page.keyboard.press("ArrowRight")
    expect(raw).to_be_focused()
    expect(raw).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Markdown")).to_be_visible()
    expect(text).to_have_text("# Page 1\n\nText of page 1.")
    page.keyboard.press("Home")
    expect(rendered).to_be_focused()
    expect(text.get_by_role("heading", name="Page 1")).to_be_visible()


def test_it_shows_pictures_or_text_alone(page: Page, partly: str) -> None:
    page.goto(f"/jobs/{partly}")
    page.get_by_role("radio", name="Side by side").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#page-1 .page-picture")).to_be_hidden()
    expect(page.locator("#page-1 .page-text")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#page-1 .page-picture")).to_be_visible()
    expect(page.locator("#page-1 .page-text")).to_be_hidden()


def test_it_goes_to_a_page_and_remembers_it(page: Page, partly: str) -> None:
    page.goto(f"/jobs/{partly}")
    number = page.get_by_label("Page", exact=True)
    number.fill("6")
    number.press("Enter")
    expect_at_top(page, 6)
    page.wait_for_url(f"**/jobs/{partly}#page-6")
    page.get_by_role("button", name="Previous page").click()
    expect_at_top(page, 5)
    expect(number).to_have_value("5")
    page.wait_for_url(f"**/jobs/{partly}#page-5")
    page.reload()
    expect_at_top(page, 5)
    expect(number).to_have_value("5")


def test_it_leads_to_failed_pages_and_says_why(page: Page, partly: str) -> None:
    page.goto(f"/jobs/{partly}")
    jump = page.get_by_role("button", name="2 failed pages", exact=True)
    for number in (3, 5, 3):
        jump.click()
        expect_at_top(page, number)
        expect(page.locator(f"#page-{number} .page-text")).to_contain_text("the page does not please")
    expect(page.locator("#page-4 .page-text")).to_have_text("This page has no text.")


def test_it_finds_words_and_marks_them(page: Page, partly: str) -> None:
    page.goto(f"/jobs/{partly}")
    page.get_by_role("searchbox").fill("text of page 7")
    expect(page.locator("#search-summary")).to_have_text("Found 1 time on 1 page")
    page.locator("#hits").get_by_role("link", name="Page 7").press("Enter")
    expect_at_top(page, 7)
    expect(page.locator("#page-7 .page-text")).to_contain_text("Text of page 7.")
    marked = "[...CSS.highlights.get('found')].map(range => range.toString())"
    page.wait_for_function(f"() => {marked}.length === 1")
    assert page.evaluate(marked) == ["Text of page 7"]
    page.get_by_role("searchbox").fill("nowhere to be found")
    expect(page.locator("#search-summary")).to_have_text("Found nowhere in the pages that are done.")
    page.keyboard.press("Escape")
    expect(page.locator("#found")).to_be_hidden()
    assert page.evaluate("CSS.highlights.get('found').size") == 0


def test_it_reads_the_first_pages_while_the_rest_is_made(page: Page, site: Site) -> None:
    job_id = running_job(site.server)
    page.goto(f"/jobs/{job_id}")
    expect(page.locator("#page-1 .page-text")).to_contain_text("Text of page 1.")
    expect(page.locator("[data-part=state]")).to_have_text("Converting")
    number = page.get_by_label("Page", exact=True)
    number.fill("60")
    number.press("Enter")
    expect(page.locator("#page-60 .page-text")).to_have_text("Waits for its turn.")
    expect(page.get_by_role("img", name="Page 60 of the PDF")).to_be_visible()
    number.fill("4")
    number.press("Enter")
    expect(page.locator("#page-4 .page-text")).to_contain_text("Text of page 4.", timeout=20_000)
    site.server.request("DELETE", f"/api/jobs/{job_id}")


def test_it_draws_formulas_under_the_strict_policy(page: Page, site: Site) -> None:
    page.goto(f"/jobs/{written(site.server, FORMULAS, source='vision')}")
    text = page.locator("#page-1 .page-text")
    expect(text.locator(".katex")).to_have_count(4)
    expect(text.locator(".katex-display")).to_be_visible()
    expect(text).to_contain_text("at $5 and $6")
    expect(text.locator("code")).to_have_text("$x$")
    expect(text.locator("a")).to_have_count(0)
    # A function: an expression is evaluated anew at each look, which the policy refuses from the second one on.
    page.wait_for_function("() => document.fonts.check('16px KaTeX_Main')")


def test_it_draws_no_formulas_in_the_words_of_a_pdf(page: Page, site: Site) -> None:
    page.goto(f"/jobs/{written(site.server, 'from $x$ to $y$')}")
    expect(page.locator("#page-1 .page-text")).to_have_text("from $x$ to $y$")


@pytest.mark.parametrize("form", ["Rendered", "Markdown"])
def test_it_is_not_moved_by_hostile_documents(page: Page, site: Site, form: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    for job_id in (
        finished(site.server, hostile_pdf(), HOSTILE_NAME),
        finished(site.server, hostile_pdf(), HOSTILE_NAME, engine="fast"),
        written(site.server, "\n\n".join(HOSTILE), source="vision"),
    ):
        page.goto(f"/jobs/{job_id}")
        page.get_by_role("tab", name=form).click()
        text = page.locator("#page-1 .page-text")
        expect(text).to_contain_text("click")
        expect(page.locator("h1.filename")).to_contain_text(".pdf")
        for link in text.get_by_role("link").all():
            assert (link.get_attribute("href") or "").startswith("http")
        assert text.locator("script, iframe, form, svg, style, [style], [onclick], [onerror]").count() == 0
        assert page.evaluate("window.hacked") is None
        expect(page.locator("body")).to_be_visible()
        if "onerror" in site.server.job(job_id)["filename"]:
            expect(page.locator("h1.filename")).to_have_text(HOSTILE_NAME)


def test_it_shows_what_is_left_of_a_locked_document(browser: Browser, site: Site) -> None:
    job_id = finished(site.server, pdfs.encrypted("geheim"), "locked.pdf", password="geheim", engine="fast")
    with browser.new_context(base_url=site.server.url) as context:
        page = context.new_page()
        page.goto(f"/jobs/{job_id}")
        expect(page.locator("#page-1 .page-text")).to_contain_text("This is the text of page 1.")
        expect(page.locator("#page-1 .page-picture")).to_contain_text("Its password was forgotten")


def test_it_opens_a_long_result_and_holds_little_of_it(page: Page, long: str) -> None:
    page.goto(f"/jobs/{long}")
    expect(page.locator(".page")).to_have_count(LONG)
    number = page.get_by_label("Page", exact=True)
    for wanted in (900, 500, 10):
        number.fill(str(wanted))
        number.press("Enter")
        expect(page.locator(f"#page-{wanted} .page-text")).to_contain_text(f"Text of page {wanted}.")
        expect_at_top(page, wanted)
    page.wait_for_function("() => document.querySelectorAll('.page-text:not(:empty)').length < 40")
    assert page.evaluate("document.querySelectorAll('*').length") < 7 * LONG
    expect(page.locator("#page-900 .page-text")).to_be_empty()


def test_it_fits_narrow_screens(browser: Browser, site: Site, partly: str) -> None:
    with browser.new_context(base_url=site.server.url, viewport={"width": 320, "height": 640}) as context:
        page = context.new_page()
        page.goto(f"/jobs/{partly}")
        expect(page.locator("#page-1 .page-text")).to_contain_text("Text of page 1.")
        expect(page.locator("#page-1 .page-picture")).to_be_hidden()
        page.get_by_text("Picture", exact=True).click()
        expect(page.get_by_role("img", name="Page 1 of the PDF")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 320
