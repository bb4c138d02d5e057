"""The pages besides the jobs': fit for everyone, wide and narrow, light and dark, in both languages."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import pdfs
from tests.browser.barriers import barriers
from tests.browser.conftest import Site
from tests.browser.shelf import finished
from tests.server import running, wait_for

PAGES = ["/webhooks", "/tokens", "/login", "/api/docs", "/jobs/none"]
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """With a webhook that nobody answers, and a log."""
    with running(tmp_path_factory.mktemp("pages") / "server", PDFJOBS_MAX_UPLOAD_MB="2") as server:
        said = re.search(r"as admin with the password (\S+)", server.output())
        assert said, server.output()
        server.post("/api/webhooks", json={"url": "http://127.0.0.1:9/hook"})
        (webhook,) = server.get("/api/webhooks").json()["webhooks"]
        server.post(f"/api/webhooks/{webhook['id']}/test")
        finished(server, pdfs.pages(1), "a_name_that_is_rather_long_for_a_small_screen.pdf", engine="fake")
        deliveries = f"/api/webhooks/{webhook['id']}/deliveries"
        # The message of the job is tried again after some seconds.
        wait_for(lambda: len(server.get(deliveries).json()["deliveries"][0]["tries"]) > 1, 60, server.output)
        yield Site(server, said[1])


@pytest.fixture(scope="module")
def cookies(browser: Browser, site: Site) -> list[dict[str, object]]:
    """Of the administrator: tokens are somebody's."""
    with browser.new_context(base_url=site.server.url) as context:
        page = context.new_page()
        page.goto("/login")
        page.get_by_label("Name").fill("admin")
        page.get_by_label("Password").fill(site.password)
        page.get_by_role("button", name="Log in").click()
        page.goto("/tokens")
        page.get_by_label("Name").fill("office")
        page.get_by_role("button", name="Make it").click()
        expect(page.get_by_label("The token")).to_be_visible()
        return list(context.cookies())  # type: ignore[arg-type]


def opened(browser: Browser, site: Site, cookies: list[dict[str, object]], **options: object) -> BrowserContext:
    context = browser.new_context(base_url=site.server.url, reduced_motion="reduce", **options)  # type: ignore[arg-type]
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context


@pytest.mark.parametrize(("scheme", "width", "language"), [("light", 1280, "en"), ("dark", 320, "de")])
def test_it_has_no_barriers_and_fits(  # noqa: PLR0917 (three of them are the case)
    browser: Browser, site: Site, cookies: list[dict[str, object]], scheme: str, width: int, language: str
) -> None:
    size = {"width": width, "height": 800}
    with opened(browser, site, cookies, color_scheme=scheme, viewport=size, locale=language) as context:
        page = context.new_page()
        found = {}
        for path in PAGES:
            page.goto(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            wide = page.evaluate("document.documentElement.scrollWidth")
            found[path] = [*barriers(page), *([f"{wide} pixels wide"] if wide > width else [])]
        assert {path: lines for path, lines in found.items() if lines} == {}


def test_it_refuses_too_large_a_file_with_a_page_where_scripts_are_off(browser: Browser, site: Site) -> None:
    with browser.new_context(base_url=site.server.url, java_script_enabled=False, locale="de") as context:
        page = context.new_page()
        page.goto("/")
        content = pdfs.pages(1) + b"x" * (6 * MIB)
        page.locator("#files").set_input_files({"name": "big.pdf", "mimeType": "application/pdf", "buffer": content})
        page.get_by_role("button", name="Hochladen").click()
        expect(page.get_by_role("heading", name="Die Datei ist zu groß")).to_be_visible()
        page.get_by_role("link", name="Zu den Aufträgen").click()
        expect(page.locator("#files")).to_be_visible()


def test_it_sends_a_test_message(page: Page) -> None:
    page.goto("/webhooks")
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("status")).to_contain_text("A test message is on its way.")
    expect(page.get_by_text("webhook.test").first).to_be_visible()
