"""The admin in a browser: list, filter, a job's page, the verbs, and the clean-up that asks first."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import pdfs
from tests.browser.conftest import Site
from tests.server import running, with_pid

pytestmark = pytest.mark.usefixtures("no_jobs")
LIST = "/admin/jobs/job/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Keeps two finished jobs."""
    with running(tmp_path_factory.mktemp("site") / "server", PDFJOBS_MAX_JOBS="2") as server:
        said = re.search(r"as admin with the password (\S+)", server.output())
        assert said, server.output()
        yield Site(server, said[1])


@pytest.fixture(scope="module")
def session(browser: Browser, site: Site) -> list[Any]:
    """The cookies of the administrator, who has logged in once."""
    with browser.new_context(base_url=site.server.url) as context:
        page = context.new_page()
        page.goto("/admin/")
        page.get_by_label("Name", exact=True).fill("admin")
        page.get_by_label("Password").fill(site.password)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("link", name="Jobs", exact=True)).to_be_visible()
        return list(context.cookies())


@pytest.fixture
def admin(page: Page, session: list[Any]) -> Page:
    """The page of the administrator."""
    page.context.add_cookies(session)
    return page


def finished(site: Site, name: str, prompt: str = "") -> str:
    """The id of a job of three pages that is through."""
    job_id = site.server.upload(pdfs.pages(3), name, engine="fake", prompt=prompt)
    site.server.wait_until_finished(job_id)
    return job_id


def busy(site: Site, name: str) -> str:
    """The id of a job that takes long."""
    job_id = site.server.upload(pdfs.pages(300), name, engine="fake", prompt="slow:0.2")
    site.server.wait_for_pages(job_id, 1)
    return job_id


def test_it_lists_and_filters(admin: Page, site: Site) -> None:
    finished(site, "good.pdf")
    finished(site, "bad.pdf", prompt="fail:1,2,3")
    admin.goto(LIST)
    rows = admin.locator("#result_list tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("bad.pdf")
    expect(rows.first).to_contain_text("3 of 3 3 failed")
    admin.get_by_role("navigation", name="Filter").get_by_role("link", name="Completed").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("good.pdf")


def test_it_searches(admin: Page, site: Site) -> None:
    finished(site, "needle.pdf")
    finished(site, "hay.pdf")
    admin.goto(LIST)
    admin.locator("#searchbar").fill("needle")
    admin.get_by_role("button", name="Search").click()
    expect(admin.locator("#result_list tbody tr")).to_have_count(1)
    expect(admin.locator("#result_list")).to_contain_text("needle.pdf")


def test_it_shows_storage_and_work(admin: Page, site: Site) -> None:
    finished(site, "one.pdf")
    admin.goto(LIST)
    above = admin.get_by_role("region", name="Storage and work")
    expect(above).to_contain_text("1 of 2")
    expect(above).to_contain_text("of 10.0 GB")
    expect(above).to_contain_text(re.compile("Workers alive\\s+2 on 1 machine"))
    expect(above.get_by_role("meter")).to_have_count(2)


def test_it_shows_a_job_and_gives_its_files(admin: Page, site: Site) -> None:
    finished(site, "report.pdf", prompt="fail:2")
    admin.goto(LIST)
    admin.get_by_role("link", name="report.pdf").click()
    expect(admin.get_by_role("heading", name="report.pdf")).to_be_visible()
    expect(admin.locator("#pages tbody tr").first).to_contain_text("failed")
    for word in ("queued", "claimed", "page failed", "completed"):
        expect(admin.locator("#timeline")).to_contain_text(word)
    with admin.expect_download() as found:
        admin.get_by_role("link", name=re.compile("^result")).click()
    assert found.value.suggested_filename == "report.md"
    assert found.value.path().read_text().startswith("# Page 1")


def test_it_cancels_and_retries(admin: Page, site: Site) -> None:
    busy(site, "long.pdf")
    admin.goto(LIST)
    admin.get_by_role("link", name="long.pdf").click()
    admin.get_by_role("button", name="Cancel").click()
    expect(admin.locator(".messagelist")).to_contain_text("1 job cancelled.")
    expect(admin.locator(".badge-cancelled")).to_be_visible()
    admin.get_by_role("button", name="Retry").click()
    expect(admin.locator(".messagelist")).to_contain_text("1 job queued again.")


def test_it_acts_on_a_selection(admin: Page, site: Site) -> None:
    busy(site, "long.pdf")
    finished(site, "short.pdf")
    admin.goto(LIST)
    admin.locator("#action-toggle").check()
    admin.locator("select[name=action]").select_option("cancel")
    admin.get_by_role("button", name="Go", exact=True).click()
    expect(admin.locator(".messagelist")).to_contain_text("1 job cancelled.")
    expect(admin.locator(".messagelist")).to_contain_text("1 job skipped.")


def test_it_deletes_after_asking(admin: Page, site: Site) -> None:
    job_id = finished(site, "gone.pdf")
    admin.goto(LIST)
    admin.get_by_role("link", name="gone.pdf").click()
    admin.get_by_role("link", name="Delete").click()
    expect(admin.locator("#content")).to_contain_text(f"Delete gone.pdf ({job_id}) with its files?")
    admin.get_by_role("button", name="Yes, delete it").click()
    expect(admin.locator(".messagelist")).to_contain_text("was deleted successfully")
    assert site.server.get(f"/api/jobs/{job_id}").status_code == 404
    assert not (site.server.folder / "media" / "jobs" / job_id).exists()


@contextmanager
def no_purge_meanwhile(site: Site) -> Iterator[None]:
    """The supervisor, which purges each minute, sleeps; the web server does not."""
    with_pid(site.server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with_pid(site.server.pid, signal.SIGCONT)


def orphan(site: Site) -> Path:
    """A folder of yesterday that belongs to no job."""
    folder = site.server.folder / "media" / "jobs" / "left_behind"
    folder.mkdir(parents=True)
    file = folder / "input.pdf"
    file.write_bytes(b"%PDF-")
    yesterday = time.time() - 86_400
    os.utime(file, (yesterday, yesterday))
    return folder


def over_the_limit(site: Site) -> list[str]:
    """The ids of three finished jobs, one more than stay; the first is the least recently used, and kept."""
    first = finished(site, "first.pdf")
    site.server.post(f"/api/jobs/{first}/keep", json={"keep": True})
    return [first, finished(site, "second.pdf"), finished(site, "third.pdf")]


def test_it_cleans_up_after_asking(admin: Page, site: Site) -> None:
    first, *others = over_the_limit(site)
    folder = orphan(site)
    with no_purge_meanwhile(site):
        admin.goto(LIST)
        admin.get_by_role("row", name="first.pdf").get_by_role("checkbox").check()
        admin.locator("select[name=action]").select_option("stop_keeping")
        admin.get_by_role("button", name="Go", exact=True).click()
        expect(admin.locator(".messagelist")).to_contain_text("1 job no longer kept.")
        admin.get_by_role("link", name="Clean up storage").click()
        expect(admin.locator("#content")).to_contain_text("1 job would be purged")
        expect(admin.locator("#content")).to_contain_text("left_behind")
        expect(admin.locator(".job-table tbody tr")).to_have_count(1)
        expect(admin.locator(".job-table tbody")).to_contain_text(first)
        admin.get_by_role("link", name="No, keep everything").click()
        expect(admin.locator(".badge-purged")).to_have_count(0)
        admin.get_by_role("link", name="Clean up storage").click()
        admin.get_by_role("button", name="Yes, clean up").click()
        expect(admin.locator(".messagelist")).to_contain_text(re.compile("1 job purged, .* 1 orphaned folder removed."))
        expect(admin.locator("#result_list tbody tr", has_text="first.pdf")).to_contain_text("purged")
    assert not folder.exists()
    assert site.server.get(f"/api/jobs/{first}/result").status_code == 410
    assert all(site.server.get(f"/api/jobs/{job_id}/result").status_code == 200 for job_id in others)


def test_it_says_that_there_is_nothing_to_clean_up(admin: Page, site: Site) -> None:
    admin.goto(LIST)
    admin.get_by_role("link", name="Clean up storage").click()
    expect(admin.locator("#content")).to_contain_text("There is nothing to clean up")
