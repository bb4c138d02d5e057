"""What axe-core finds on a page."""

from pathlib import Path

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()


def barriers(page: Page) -> list[str]:
    """What axe-core says, a line each."""
    page.evaluate(AXE)  # by the debugger, which no content security policy holds back
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]
