"""axe-core finds no barrier on a job's page, in no state, light and dark, wide and narrow."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import pdfs
from tests.browser.barriers import barriers
from tests.browser.conftest import Site
from tests.browser.shelf import (
    FORMULAS,
    all_failed,
    cancelled,
    finished,
    partly_failed,
    purged,
    running_job,
    written,
)


@pytest.fixture(scope="module")
def jobs(site: Site) -> dict[str, str]:
    server = site.server
    return {
        "completed": finished(server, pdfs.table(), "fruit.pdf"),
        "partly": partly_failed(server),
        "failed": all_failed(server),
        "cancelled": cancelled(server),
        "formulas": written(server, FORMULAS, source="vision"),
        "purged": purged(server),
        "processing": running_job(server, 200),
        "pending": server.upload(pdfs.pages(200), "later.pdf", engine="fake", prompt="slow:0.5"),
    }


def answer_with(page: Page, address: str, body: str) -> None:
    page.route(f"**{address}", lambda route: route.fulfill(body=body, content_type="text/html"))


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_no_barriers(browser: Browser, site: Site, jobs: dict[str, str], scheme: str, width: int) -> None:
    options = {"base_url": site.server.url, "color_scheme": scheme, "reduced_motion": "reduce"}
    with browser.new_context(**options, viewport={"width": width, "height": 800}) as context:  # type: ignore[arg-type]
        page = context.new_page()
        found = {}
        for state, job_id in jobs.items():
            page.goto(f"/jobs/{job_id}")
            if state != "purged":
                expect(page.locator("#page-1 .page-text")).not_to_be_empty()
            found[state] = barriers(page)
        assert {state: lines for state, lines in found.items() if lines} == {}


def test_it_has_no_barriers_while_searching(browser: Browser, site: Site, jobs: dict[str, str]) -> None:
    with browser.new_context(base_url=site.server.url) as context:
        page = context.new_page()
        page.goto(f"/jobs/{jobs['partly']}")
        page.get_by_role("searchbox").fill("text")
        page.get_by_role("tab", name="Markdown").click()
        page.get_by_text("From the command line").click()
        expect(page.locator("#hits a")).to_have_count(5)
        assert barriers(page) == []
        page.get_by_role("button", name="Delete").click()
        assert barriers(page) == []


def test_it_has_no_barriers_without_scripts(page: Page, site: Site, jobs: dict[str, str]) -> None:
    for address in (f"/jobs/{jobs['partly']}", f"/jobs/{jobs['partly']}/delete"):
        # The checker itself is a script, so the page is shown as browsers show it that run none.
        answer = site.server.get(address).text
        shown = re.sub(r"</?noscript>|<script.*?</script>", "", answer)
        answer_with(page, address, shown)
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert barriers(page) == []
