"""The job list in a browser: truth lives on the server, and the page follows it."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import pdfs
from tests.browser.conftest import Site
from tests.browser.shelf import all_failed, finished, partly_failed, purged, running_job

pytestmark = pytest.mark.usefixtures("no_jobs")


def row(page: Page, name: str) -> Locator:
    return page.locator("#jobs > li", has_text=name)


def fake(site: Site, name: str) -> str:
    return finished(site.server, pdfs.pages(2), name, engine="fake")


def test_it_follows_a_job_through_reload_and_in_another_browser(
    page: Page, browser: Browser, site: Site, tmp_path: Path
) -> None:
    sign = tmp_path / "go"
    job_id = site.server.upload(pdfs.pages(12), "long.pdf", engine="fake", prompt=f"until:{sign} from:4")
    page.goto("/")
    bar = page.get_by_role("progressbar", name="Conversion of long.pdf")
    page.wait_for_function("() => document.querySelector('#jobs progress').value >= 2")
    page.reload()
    assert bar.evaluate("bar => bar.value") >= 2  # as it comes from the server, before any script
    expect(row(page, "long.pdf")).to_contain_text(re.compile(r"Converting\s+page \d+ of 12\s+\d+ %"))
    expect(page).to_have_title(re.compile(r"^\d+ % . PDF jobs$"))
    with browser.new_context(base_url=site.server.url) as other:
        second = other.new_page()
        second.goto("/")
        expect(row(second, "long.pdf")).to_contain_text("Converting")
    page.close()
    again = page.context.new_page()
    again.goto("/")
    expect(row(again, "long.pdf")).to_contain_text("Converting")
    sign.touch()
    expect(row(again, "long.pdf")).to_contain_text("Completed", timeout=60_000)
    expect(again.locator("#jobs-news")).to_have_text("long.pdf: Completed")
    expect(again).to_have_title("PDF jobs")
    assert site.server.job(job_id)["processed_pages"] == 12


def test_it_says_who_comes_before(page: Page, site: Site) -> None:
    running_job(site.server)
    page.goto("/")
    # More than there are workers: the last one waits until each before it was begun.
    for number in range(8):
        site.server.upload(pdfs.pages(200), f"{number}.pdf", engine="fake", prompt="slow:3")
    expect(row(page, "7.pdf").locator("[data-part=outlook]")).to_have_text(re.compile(r"^\d+ jobs? before it$"))


def test_it_cancels_retries_keeps_and_deletes(page: Page, site: Site) -> None:
    job_id = running_job(site.server)
    page.goto("/")
    long = row(page, "long.pdf")
    long.get_by_role("button", name="Cancel").click()
    expect(long).to_contain_text("Cancelled")
    long.get_by_role("button", name="Keep").click()
    expect(long.get_by_role("button", name="Keep")).to_have_attribute("aria-pressed", "true")
    assert site.server.job(job_id)["keep"]
    long.get_by_role("button", name="Retry").click()
    expect(long).to_contain_text("Converting")
    long.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(long).to_be_visible()
    long.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#jobs > li")).to_have_count(0)
    expect(page.locator("#jobs-empty")).to_be_visible()
    assert site.server.get(f"/api/jobs/{job_id}").status_code == 404


def test_it_keeps_the_focus_through_refreshes(page: Page, site: Site) -> None:
    running_job(site.server)
    fake(site, "other.pdf")
    page.goto("/")
    button = row(page, "long.pdf").get_by_role("button", name="Delete")
    button.focus()
    before = row(page, "long.pdf").locator("progress").evaluate("bar => bar.value")
    page.wait_for_function(
        "before => document.querySelector('#jobs progress[value]:not([hidden])') && "
        "[...document.querySelectorAll('#jobs progress')].some(bar => bar.value > before)",
        arg=before,
    )
    expect(button).to_be_focused()


def test_it_says_what_failed_and_what_is_gone(page: Page, site: Site) -> None:
    partly_failed(site.server)
    all_failed(site.server)
    purged(site.server)
    page.goto("/")
    expect(row(page, "partly.pdf")).to_contain_text("2 pages failed")
    expect(row(page, "failed.pdf")).to_contain_text("None of its pages could be converted.")
    expect(row(page, "purged.pdf")).to_contain_text("Removed")
    expect(row(page, "purged.pdf")).to_contain_text(re.compile("Its files were removed on .+: .+ Upload the PDF again"))


def test_it_filters_searches_and_sorts_in_its_address(page: Page, site: Site) -> None:
    fake(site, "alpha.pdf")
    fake(site, "beta.pdf")
    partly_failed(site.server)
    page.goto("/")
    page.get_by_role("link", name="Needs attention 1").click()
    expect(page.locator("#jobs > li")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?group=attention$"))
    page.reload()
    expect(page.locator("#jobs > li")).to_have_count(1)
    page.get_by_role("link", name="Done 2").click()
    expect(row(page, "partly.pdf")).to_have_count(0)
    page.go_back()
    expect(row(page, "partly.pdf")).to_be_visible()
    page.get_by_role("link", name="All 3").click()
    page.get_by_role("searchbox", name="Search by name").fill("bet")
    expect(page.locator("#jobs > li")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"search=bet"))
    page.get_by_role("searchbox", name="Search by name").fill("nowhere")
    expect(page.locator("#jobs-none")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    page.get_by_label("Order").select_option("By name")
    expect(page.locator("#jobs > li").first).to_contain_text("alpha.pdf")
    expect(page).to_have_url(re.compile(r"ordering=filename"))


def test_it_downloads_retries_and_deletes_several(page: Page, site: Site) -> None:
    ids = [fake(site, "one.pdf"), fake(site, "two.pdf")]
    all_failed(site.server)
    page.goto("/")
    page.get_by_role("checkbox", name="Select all").check()
    expect(page.locator("#picked")).to_have_text("3 selected")
    with page.expect_download() as found:
        page.get_by_role("button", name="Download as zip").click()
    with zipfile.ZipFile(found.value.path()) as archive:
        assert sorted(archive.namelist()) == sorted(f"{job_id}/result.md" for job_id in ids)
        assert archive.read(f"{ids[0]}/result.md").startswith(b"# Page 1")
    page.locator("#picked-retry").click()
    expect(row(page, "failed.pdf")).to_contain_text("Failed", timeout=20_000)
    page.locator("#picked-delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("3 jobs")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#jobs > li")).to_have_count(0)
    assert site.server.get("/api/jobs").json()["count"] == 0


def test_it_knows_the_jobs_of_its_own_browser(page: Page, site: Site) -> None:
    fake(site, "from_elsewhere.pdf")
    page.goto("/")
    expect(page.get_by_role("link", name="From this browser")).to_be_hidden()
    page.locator("#files").set_input_files({"name": "mine.pdf", "mimeType": "application/pdf", "buffer": pdfs.pages(1)})
    expect(row(page, "mine.pdf")).to_be_visible()
    page.get_by_role("link", name="From this browser").click()
    expect(page.locator("#jobs > li")).to_have_count(1)
    page.reload()
    expect(row(page, "mine.pdf")).to_be_visible()
    expect(row(page, "from_elsewhere.pdf")).to_have_count(0)


def test_it_outlives_the_server(browser: Browser, site: Site) -> None:
    job_id = running_job(site.server)
    port = site.server.port
    with browser.new_context(base_url=site.server.url) as context:
        page = context.new_page()
        page.goto("/")
        expect(row(page, "long.pdf")).to_contain_text("Converting")
        site.server.stop()
        expect(page.locator("#connection")).to_have_text("Connection lost, the jobs go on. Trying again …")
        expect(row(page, "long.pdf")).to_be_visible()
        site.server.start(port)
        expect(page.locator("#connection")).to_be_hidden(timeout=60_000)
        expect(row(page, "long.pdf")).to_contain_text("Converting")
    assert site.server.job(job_id)["status"] == "processing"


def test_it_asks_once_for_all_rows(page: Page, site: Site) -> None:
    for number in range(5):
        fake(site, f"{number}.pdf")
    running_job(site.server)
    page.goto("/")
    expect(page.locator("#jobs > li")).to_have_count(6)
    page.wait_for_function("() => performance.getEntriesByName('list-shown').length > 0")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(re.compile(r"/api/jobs\?")), page.expect_response(re.compile(r"/api/jobs\?")):
        pass
    page.wait_for_timeout(300)
    assert all(re.search(r"/api/jobs\?page_size=50$", url) for url in asked), asked
