"""The home page for everyone: without scripts, by keyboard, small, dark, in German, and for screen readers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import pdfs
from tests.browser.barriers import barriers
from tests.browser.conftest import Site
from tests.browser.shelf import HOSTILE_NAME, all_failed, file, finished, partly_failed, running_job

pytestmark = pytest.mark.usefixtures("no_jobs")


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[Page]:
    """A page with scripts switched off."""
    with browser.new_context(base_url=site.server.url, java_script_enabled=False) as context:
        yield context.new_page()


def fill(site: Site) -> None:
    """Jobs in many states, one with a name that could be wide."""
    finished(site.server, pdfs.pages(2), f"{'very_long_' * 20}.pdf", engine="fake")
    finished(site.server, pdfs.pages(1), HOSTILE_NAME, engine="fake")
    partly_failed(site.server)
    all_failed(site.server)
    running_job(site.server)
    site.server.upload(pdfs.pages(100), "waiting.pdf", engine="fake", prompt="slow:1")


def refused(page: Page) -> None:
    page.locator("#files").set_input_files(file("locked.pdf", pdfs.encrypted("x")))
    expect(page.get_by_label("Password of locked.pdf")).to_be_visible()


def no_wider(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_works_without_scripts(plain: Page, site: Site) -> None:
    plain.goto("/")
    plain.locator("#files").set_input_files([file(f"{name}.pdf", pdfs.pages(2)) for name in ("a", "b")])
    plain.get_by_role("button", name="Upload").click()
    expect(plain.locator("#jobs > li")).to_have_count(2)
    for job in site.server.get("/api/jobs").json()["jobs"]:
        site.server.wait_until_finished(job["job_id"])
    plain.reload()
    row = plain.locator("#jobs > li", has_text="a.pdf")
    expect(row).to_contain_text("Completed")
    with plain.expect_download() as found:
        row.get_by_role("link", name="Download").click()
    assert found.value.suggested_filename == "a.md"
    row.get_by_role("button", name="Keep").click()
    expect(row).to_contain_text("kept")
    row.get_by_role("checkbox").check()
    with plain.expect_download() as found:
        plain.get_by_role("button", name="Download as zip").click()
    assert found.value.suggested_filename.endswith(".zip")
    row.get_by_role("button", name="Delete").click()
    plain.get_by_role("button", name="Delete").click()
    expect(plain.locator("#jobs > li")).to_have_count(1)


def test_it_cancels_and_retries_without_scripts(plain: Page, site: Site) -> None:
    running_job(site.server)
    plain.goto("/?group=active")
    plain.get_by_role("button", name="Cancel").click()
    expect(plain).to_have_url(re.compile(r"/\?group=active$"))  # back to where it was done
    expect(plain.locator("#jobs > li")).to_have_count(0)
    plain.get_by_role("link", name="Done 1").click()
    plain.get_by_role("button", name="Retry").click()
    plain.get_by_role("link", name="In progress 1").click()
    expect(plain.locator("#jobs > li")).to_have_count(1)


def test_it_says_without_scripts_what_was_refused(plain: Page) -> None:
    plain.goto("/")
    plain.locator("#files").set_input_files(file("locked.pdf", pdfs.encrypted("x")))
    plain.get_by_role("button", name="Upload").click()
    expect(plain.get_by_role("heading", name="Not all files were taken")).to_be_visible()
    expect(plain.locator("main")).to_contain_text("The PDF is locked.")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_no_barriers(browser: Browser, site: Site, scheme: str, width: int) -> None:
    options = {"base_url": site.server.url, "color_scheme": scheme, "reduced_motion": "reduce"}
    with browser.new_context(**options, viewport={"width": width, "height": 800}) as context:  # type: ignore[arg-type]
        page = context.new_page()
        found = {}
        page.goto("/")
        found["empty"] = barriers(page)
        no_wider(page, width)
        fill(site)
        page.goto("/")
        page.locator("#options summary").click()
        refused(page)
        page.get_by_role("checkbox", name="Select all").check()
        found["full"] = barriers(page)
        no_wider(page, width)
        page.locator("#picked-delete").click()
        found["dialog"] = barriers(page)
        page.goto("/login")
        found["login"] = barriers(page)
        page.goto("/nowhere")
        found["problem"] = barriers(page)
        no_wider(page, width)
        assert {state: lines for state, lines in found.items() if lines} == {}


def test_it_is_used_by_keyboard(page: Page, site: Site) -> None:
    fill(site)
    page.goto("/")
    seen = []
    for _ in range(20):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    for stop in ("Skip to the content", "files", "folder", "search-words", "ordering", "pick-all"):
        assert stop in seen, seen
    row = page.locator("#jobs > li", has_text="waiting.pdf")
    row.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Cancelled")
    expect(row.get_by_role("link", name="waiting.pdf")).to_be_focused()


def test_it_speaks_german(browser: Browser, site: Site) -> None:
    fill(site)
    with browser.new_context(base_url=site.server.url) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Deutsch").click()
        expect(page.get_by_role("heading", name="Aus PDFs wird Markdown")).to_be_visible()
        expect(page.locator("#jobs > li", has_text="long.pdf")).to_contain_text(re.compile(r"Seite \d+ von 60"))
        expect(page.locator("#jobs > li", has_text="partly.pdf")).to_contain_text("2 Seiten fehlgeschlagen")
        expect(page.locator("#filters")).to_contain_text("Zu prüfen 2")
        assert barriers(page) == []


def test_it_remembers_options_but_no_password(page: Page) -> None:
    page.goto("/")
    page.locator("#options summary").click()
    page.get_by_label("Engine").select_option("fast")
    page.get_by_label("Cut out pictures").check()
    page.locator("#option-password").fill("secret")
    page.reload()
    expect(page.locator("#options-chosen")).to_have_text(": engine fast, pictures")
    assert "secret" not in page.evaluate("JSON.stringify(localStorage)")
    page.locator("#options summary").click()
    page.get_by_role("button", name="Back to the defaults").click()
    expect(page.locator("#options-chosen")).to_have_text("")


def test_it_notifies_those_who_asked(browser: Browser, site: Site, tmp_path: Path) -> None:
    with browser.new_context(base_url=site.server.url) as context:
        page = notified(context)
        sign = tmp_path / "go"
        site.server.upload(pdfs.pages(4), "soon.pdf", engine="fake", prompt=f"until:{sign}")
        page.goto("/")
        page.get_by_role("button", name="Tell me when they are done").click()
        sign.touch()
        page.wait_for_function("() => window.told.length > 0", timeout=60_000)
        assert page.evaluate("window.told") == ["soon.pdf: Completed"]


def notified(context: BrowserContext) -> Page:
    """A page whose browser writes messages down: one without a window shows none."""
    page = context.new_page()
    page.add_init_script(
        "window.told = []; window.Notification = class extends EventTarget {"
        "static permission = 'default'; static async requestPermission() { return 'granted'; }"
        "constructor(title, { body }) { super(); window.told.push(body); } }"
    )
    return page
