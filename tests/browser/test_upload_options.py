"""The options of an upload: they reach the job, and say what is set when they are closed."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests import pdfs
from tests.browser.conftest import Site


def test_it_sends_the_options_that_are_set(page: Page, site: Site, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(pdfs.pages(2))
    page.goto("/")
    page.locator("#options summary").click()
    page.get_by_label("Engine").select_option("fast")
    page.get_by_label("Text recognition").select_option("never")
    page.get_by_label("Languages of scans").fill("deu+eng")
    page.get_by_label("Cut out pictures and drawings").check()
    page.get_by_label("Keep running headers").check()
    expect(page.locator("#options-chosen")).to_have_text(
        ": engine fast, text recognition never, languages deu+eng, pictures, headers and footers"
    )
    page.locator("#files").set_input_files(tmp_path / "report.pdf")
    expect(page.get_by_role("link", name="report.pdf")).to_be_visible()
    job = site.server.get("/api/jobs").json()["jobs"][0]
    assert job["engine"] == "fast"
    wanted = {"ocr": "never", "ocr_language": "deu+eng", "images": True, "page_furniture": "keep", "page_breaks": False}
    assert {name: job["options"][name] for name in wanted} == wanted


def test_it_fits_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/")
    page.locator("#options summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for field in page.locator("#options-form select, #options-form input").all():
        box = field.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
