"""A job's page in a browser: its state, what can be done, what went wrong; also by keyboard and without scripts."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import pdfs
from tests.browser.conftest import Site
from tests.browser.shelf import all_failed, finished, partly_failed, purged, running_job
from tests.processes import wait_for

pytestmark = pytest.mark.usefixtures("no_jobs")


def go_to(page: Page, number: int) -> None:
    page.get_by_label("Page", exact=True).fill(str(number))
    page.get_by_label("Page", exact=True).press("Enter")


def test_it_follows_a_job_to_its_end(page: Page, site: Site, tmp_path: Path) -> None:
    sign = tmp_path / "go"
    job_id = site.server.upload(pdfs.pages(6), "six.pdf", engine="fake", prompt=f"until:{sign} from:4")
    page.goto(f"/jobs/{job_id}")
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuemax", "6")
    page.wait_for_function("() => document.querySelector('[role=progressbar]').ariaValueNow >= 2")
    expect(page).to_have_title(re.compile(r"^\d+ % . six\.pdf"))
    sign.touch()
    expect(page.locator("[data-part=state]")).to_have_text("Completed", timeout=20_000)
    expect(page.locator("#job-news")).to_have_text("Completed")
    expect(page).to_have_title(re.compile("^Completed . six.pdf"))
    expect(page.locator("#page-6 h3")).to_have_text("Page 6")


def test_it_cancels_and_retries_by_keyboard(page: Page, site: Site) -> None:
    job_id = running_job(site.server)
    page.goto(f"/jobs/{job_id}", wait_until="networkidle")  # the scripts have taken over
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.locator("[data-part=state]")).to_have_text("Cancelled")
    # What had the focus is gone; it is with the job, not lost.
    expect(page.locator("h1.filename")).to_be_focused()
    go_to(page, 60)
    expect(page.locator("#page-60 .page-text")).to_have_text("This page was not converted.")
    page.get_by_role("button", name="Retry").press("Enter")
    expect(page.locator("[data-part=state]")).to_have_text("Converting")
    go_to(page, 60)  # the keyboard was at the top
    expect(page.locator("#page-60 .page-text")).to_have_text("Waits for its turn.")


def test_it_deletes_by_keyboard_after_asking(page: Page, site: Site) -> None:
    job_id = finished(site.server, pdfs.pages(1), engine="fake")
    page.goto(f"/jobs/{job_id}")
    # What is still under way when the job goes would be answered with 404.
    page.wait_for_function("() => document.querySelector('.page-picture img')?.complete")
    page.get_by_role("button", name="Delete").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Delete").press("Enter")
    page.wait_for_url("**/")
    assert site.server.get(f"/api/jobs/{job_id}").status_code == 404


def test_it_keeps(page: Page, site: Site) -> None:
    job_id = finished(site.server, pdfs.pages(1), engine="fake")
    page.goto(f"/jobs/{job_id}")
    expect(page.locator("#retention")).to_have_text("Kept until room runs short.")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("#retention")).to_have_text("Kept until you delete it.")
    assert site.server.job(job_id)["keep"] is True
    page.get_by_role("button", name="Keep no longer").click()
    expect(page.locator("#retention")).to_have_text("Kept until room runs short.")


def test_it_says_what_went_wrong_and_what_to_do(page: Page, site: Site) -> None:
    job_id = all_failed(site.server)
    page.goto(f"/jobs/{job_id}")
    trouble = page.locator("#trouble")
    expect(trouble).to_contain_text("None of its pages could be converted.")
    expect(trouble).to_contain_text("Retry tries its pages again")
    expect(trouble).to_contain_text(job_id)
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    expect(page.locator("#page-1 .page-text")).to_contain_text("the page does not please")


def test_it_groups_warnings(page: Page, site: Site) -> None:
    page.goto(f"/jobs/{partly_failed(site.server)}")
    expect(page.locator("#warnings")).to_contain_text("1 of 8 pages gave no text that could be read: 4.")


def test_it_says_when_and_why_a_job_was_purged(page: Page, site: Site) -> None:
    page.goto(f"/jobs/{purged(site.server)}")
    expect(page.locator("[data-part=state]")).to_have_text("Removed")
    expect(page.locator("#trouble")).to_contain_text(re.compile(r"removed on \w+ \d+, \d{4} at .* finished jobs"))
    expect(page.locator("#result")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("Download"))).to_be_hidden()


def test_it_copies_a_page_and_all(page: Page, site: Site) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    job_id = finished(site.server, pdfs.pages(2), engine="fake")
    page.goto(f"/jobs/{job_id}")
    page.get_by_role("button", name="Copy page 2").click()
    expect(page.locator("#copy-news")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "# Page 2\n\nText of page 2."
    page.get_by_role("button", name="Copy all").click()
    wait_for(lambda: page.evaluate("navigator.clipboard.readText()") == site.server.result(job_id), 20)


def test_it_gives_all_forms_and_the_command_line(page: Page, site: Site) -> None:
    job_id = finished(site.server, pdfs.pages(2), engine="fake")
    page.goto(f"/jobs/{job_id}")
    for name, ending in (("Markdown", "md"), ("HTML", "html"), ("Text", "txt"), ("JSON", "json"), ("Zip", "zip")):
        with page.expect_download() as found:
            page.locator("#formats").get_by_role("link", name=name, exact=True).click()
        assert found.value.suggested_filename == f"report.{ending}"
    page.get_by_text("From the command line").click()
    expect(page.locator("#curl")).to_have_text(f"curl -fOJ {site.server.url}/api/jobs/{job_id}/result")


def test_it_tells_those_who_asked_when_it_is_done(page: Page, site: Site, tmp_path: Path) -> None:
    page.context.grant_permissions(["notifications"])
    page.add_init_script(
        "window.told = []; window.Notification = class extends EventTarget { "
        "static permission = 'granted'; static requestPermission() { return Promise.resolve('granted'); } "
        "constructor(title, options) { super(); window.told.push(options.body); } };"
    )
    sign = tmp_path / "go"
    job_id = site.server.upload(pdfs.pages(4), "four.pdf", engine="fake", prompt=f"until:{sign}")
    page.goto(f"/jobs/{job_id}")
    page.get_by_role("button", name="Tell me when it is done").click()
    sign.touch()
    expect(page.locator("[data-part=state]")).to_have_text("Completed", timeout=20_000)
    page.wait_for_function("() => window.told.length === 1")
    assert page.evaluate("window.told") == ["four.pdf: Completed"]


def test_it_works_without_scripts(browser: Browser, site: Site) -> None:
    job_id = running_job(site.server)
    with browser.new_context(base_url=site.server.url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/jobs/{job_id}")
        expect(page.locator("h1.filename")).to_have_text("long.pdf")
        expect(page.get_by_text(re.compile(r"page \d+ of 60"))).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator("[data-part=state]")).to_have_text("Cancelled")
        page.get_by_role("link", name="Page 1", exact=True).click()
        expect(page.locator("body")).to_contain_text("Text of page 1.")
        page.goto(f"/jobs/{job_id}")
        page.get_by_role("button", name="Retry").click()
        expect(page.get_by_role("button", name="Cancel")).to_be_visible()
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Delete").click()
        page.wait_for_url("**/")
        assert site.server.get(f"/api/jobs/{job_id}").status_code == 404
