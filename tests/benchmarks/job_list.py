"""What a refresh of the job list costs the browser: requests, and milliseconds of script.

    python -m tests.benchmarks.job_list [--jobs 200] [--active 20] [--refreshes 20]

A real server with that many jobs, all on one page of the list, of which some are being converted. Prints the requests
of each refresh, the milliseconds from the parsed answer to the page that shows it (the page measures itself), and all
that the browser calls script in that time.
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests import pdfs
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.server import Server, running

OBSERVE = """() => { window.took = [];
    const note = (list) => window.took.push(...list.getEntriesByName("list-shown").map((each) => each.duration));
    new PerformanceObserver(note).observe({ entryTypes: ["measure"] }); }"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--active", type=int, default=20)
    parser.add_argument("--refreshes", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "server", PDFJOBS_MAX_JOBS="1000") as server:
        fill(server, asked.jobs - asked.active, asked.active)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = chromium.new_page(base_url=server.url)
            page.goto(f"/?page_size={asked.jobs}")
            measure(page, asked.refreshes)
            chromium.close()


def fill(server: Server, done: int, active: int) -> None:
    for number in range(done):
        server.upload(pdfs.pages(1), f"done {number}.pdf", engine="fake")
    for number in range(active):
        server.upload(pdfs.pages(300), f"active {number}.pdf", engine="fake", prompt="slow:0.5")


def measure(page: Page, refreshes: int) -> None:
    page.wait_for_function("() => performance.getEntriesByName('list-shown').length > 0")
    page.evaluate(OBSERVE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    before = script_ms(devtools)
    page.wait_for_function("(count) => window.took.length >= count", arg=refreshes, timeout=120_000, polling=1000)
    took = page.evaluate("window.took")
    rows, active = page.locator("#jobs > li"), page.locator("#jobs [data-action=cancel]:visible")
    print(f"{rows.count()} rows, {active.count()} active")
    print(f"{len(asked) / len(took):.2f} requests a refresh")
    print(f"shown in {statistics.median(took):.1f} ms (median), {max(took):.1f} ms (most)")
    print(f"{(script_ms(devtools) - before) / len(took):.1f} ms of script a refresh")


def script_ms(devtools: Any) -> float:
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    return 1000 * float(metrics["ScriptDuration"])


if __name__ == "__main__":
    main()
