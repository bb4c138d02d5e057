"""A real server and a real browser. Playwright only drives; the browser is the machine's own Chromium."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.shelf import shelf
from tests.server import Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


# A busy machine is slow, not wrong.
expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Site:
    """A running server, and the password of its first administrator."""

    server: Server
    password: str


# For a module each: an event loop of Playwright's that is open while other tests run would keep them from the database.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        missing = pytest.fail if "CI" in os.environ else pytest.skip
        missing("There is no Chromium on this machine (Debian's package: chromium).")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """For each module a server of its own, which the tests fill with jobs."""
    with shelf(tmp_path_factory.mktemp("site") / "server") as server:
        yield Site(server, "")


@pytest.fixture
def no_jobs(site: Site) -> None:
    """The server is empty when the test begins."""
    for job in site.server.get("/api/jobs").json()["jobs"]:
        assert site.server.request("DELETE", f"/api/jobs/{job['job_id']}").status_code == 200


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of a browser that knows nothing of earlier tests; it fails the test when the page's scripts complain."""
    context = browser.new_context(base_url=site.server.url)
    page = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "favicon" not in message.location.get("url", ""):
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []
