"""How heavy a long result is in the browser.

    python -m tests.benchmarks.result_view [pages]

Opens the page of a job of so many pages (1,000) in Chromium, jumps about in it and scrolls through a part of it; says
the longest task of the page's main thread, the elements there are, and how many pages hold their content.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from tests import pdfs
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.shelf import finished, shelf

_WATCH = """
window.longest = 0;
new PerformanceObserver(list => {
    for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
}).observe({ type: "longtask", buffered: true });
"""


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with TemporaryDirectory() as folder, shelf(Path(folder) / "server") as server, sync_playwright() as playwright:
        job_id = finished(server, pdfs.pages(pages), "long.pdf", engine="fake")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(_WATCH)
        began = time.monotonic()
        page.goto(f"{server.url}/jobs/{job_id}")
        page.locator("#page-1 .page-text").get_by_text("Text of page 1").wait_for()
        say(page, f"opened: first page readable after {time.monotonic() - began:.2f} s")
        for number in (pages * 9 // 10, pages // 2, 10):
            page.locator("#jump-number").fill(str(number))
            page.locator("#jump-number").press("Enter")
            page.locator(f"#page-{number} .page-text").get_by_text(f"Text of page {number}.").wait_for()
        say(page, "jumped to three pages")
        page.mouse.move(600, 500)
        for _ in range(100):
            page.mouse.wheel(0, 700)
            page.wait_for_timeout(30)
        page.wait_for_timeout(2_000)
        say(page, "scrolled through 70,000 pixels")
        browser.close()


def say(page: Page, what: str) -> None:
    longest = page.evaluate("window.longest")
    page.evaluate("window.longest = 0")
    nodes = page.evaluate("document.querySelectorAll('*').length")
    held = page.evaluate("document.querySelectorAll('.page-text:not(:empty)').length")
    print(f"{what}; longest task {longest:.0f} ms, {nodes} elements, {held} pages held")


if __name__ == "__main__":
    main()
