"""Uploads in a browser: how files come in, how far they are, and what becomes of those that are refused."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import pdfs
from tests.browser.conftest import Site
from tests.browser.shelf import HOSTILE_NAME, file

pytestmark = pytest.mark.usefixtures("no_jobs")

MIB = 1024 * 1024


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Page]:
    """A page on which things are refused: the browser complains of each in its console."""
    with browser.new_context(base_url=site.server.url) as context:
        page = context.new_page()
        page.goto("/")
        yield page


def padded(size: int) -> bytes:
    """A PDF of about `size` bytes."""
    return pdfs.pages(1) + b"\n%" + b"x" * size


def choose(page: Page, *files: Any) -> None:
    page.locator("#files").set_input_files(list(files))


def row(page: Page, name: str) -> Locator:
    return page.locator("#uploads > li", has=page.get_by_text(name, exact=True))


def slow_down(page: Page, bytes_per_second: int) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_second}
    devtools.send("Network.emulateNetworkConditions", conditions)


def jobs(page: Page) -> Locator:
    return page.locator("#jobs > li")


def test_it_turns_three_files_into_jobs(page: Page, site: Site) -> None:
    page.goto("/")
    choose(page, *(file(f"{name}.pdf") for name in ("one", "two", "three")))
    expect(jobs(page)).to_have_count(3)
    for name in ("one", "two", "three"):
        expect(jobs(page).filter(has_text=f"{name}.pdf")).to_contain_text("Completed", timeout=60_000)
    expect(page.locator("#uploads > li")).to_have_count(0)


def test_it_shows_how_far_uploads_are_three_at_a_time(visitor: Page) -> None:
    slow_down(visitor, MIB // 2)
    choose(visitor, *(file(f"{number}.pdf", padded(4 * MIB)) for number in range(4)))
    expect(row(visitor, "0.pdf")).to_contain_text(re.compile(r"Uploading · .+ of 4\.0 MB · .+/s"), timeout=20_000)
    expect(visitor.locator("#uploads > li[data-state=sending]")).to_have_count(3)
    expect(row(visitor, "3.pdf")).to_contain_text("Waits · 4.0 MB")
    for number in range(4):
        row(visitor, f"{number}.pdf").get_by_role("button", name="Cancel").click()
    expect(visitor.locator("#uploads > li")).to_have_count(0)
    expect(visitor.locator("#uploads-head")).to_be_hidden()


def test_it_takes_a_folder(page: Page, tmp_path: Path) -> None:
    (tmp_path / "papers" / "deep").mkdir(parents=True)
    (tmp_path / "papers" / "a.pdf").write_bytes(pdfs.pages(1))
    (tmp_path / "papers" / "deep" / "b.PDF").write_bytes(pdfs.pages(1))
    (tmp_path / "papers" / "notes.txt").write_text("no PDF")
    page.goto("/")
    page.locator("#folder").set_input_files(tmp_path / "papers")
    expect(jobs(page)).to_have_count(2)
    expect(page.locator("#pick-note")).to_have_text("1 file is no PDF and was left out.")


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_it_takes_what_is_dropped_or_pasted(page: Page, way: str) -> None:
    page.goto("/")
    send = """([way, bytes]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], "given.pdf", { type: "application/pdf" }));
        const how = { bubbles: true, cancelable: true, dataTransfer: transfer, clipboardData: transfer };
        const Event = way === "drop" ? DragEvent : ClipboardEvent;
        document.body.dispatchEvent(new Event(way, how));
    }"""
    page.evaluate(send, [way, list(pdfs.pages(1))])
    expect(jobs(page)).to_contain_text("given.pdf")


def test_it_refuses_before_sending(visitor: Page, site: Site) -> None:
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    linearized = b"%PDF-1.7\n1 0 obj <</Linearized 1/L 0000000/N 5001/O 3>> endobj" + b" " * 2000
    linearized = linearized.replace(b"0000000", b"%07d" % len(linearized))
    choose(visitor, file("photo.pdf", pdfs.not_a_pdf()))
    choose(visitor, file("long.pdf", linearized))
    expect(row(visitor, "photo.pdf")).to_contain_text("The file does not start like a PDF.")
    expect(row(visitor, "long.pdf")).to_contain_text("The PDF has 5001 pages, at most 5000 are converted in one job.")
    assert asked == []


def test_it_tells_what_the_server_refused_and_lets_copy_it(visitor: Page) -> None:
    choose(visitor, file("broken.pdf", pdfs.broken()))
    refused = row(visitor, "broken.pdf")
    expect(refused).to_contain_text("can't be opened. Save it anew with another program and try again.")
    expect(refused.locator(".origin")).to_contain_text(re.compile(r"broken_pdf · [0-9a-f]{32}"))
    refused.get_by_role("button", name="Copy").click()
    expect(refused.get_by_role("button", name="Copied")).to_be_visible()
    refused.get_by_role("button", name="Dismiss").click()
    expect(visitor.locator("#uploads > li")).to_have_count(0)


def test_it_asks_for_the_password_of_a_locked_file(visitor: Page) -> None:
    choose(visitor, file("locked.pdf", pdfs.encrypted("right")))
    locked = row(visitor, "locked.pdf")
    expect(locked).to_contain_text("The PDF is locked. Its password opens it.")
    field = locked.get_by_label("Password of locked.pdf")
    expect(field).to_be_focused()
    field.fill("wrong")
    field.press("Enter")
    expect(locked).to_contain_text("The password doesn't open this PDF.")
    field.fill("right")
    locked.get_by_role("button", name="Unlock").click()
    expect(jobs(visitor)).to_contain_text("locked.pdf")
    expect(visitor.locator("#uploads > li")).to_have_count(0)
    assert "right" not in visitor.evaluate("JSON.stringify(localStorage)")


def test_it_tries_a_failed_upload_again_alone(visitor: Page) -> None:
    visitor.route("**/api/upload", lambda route: route.abort())
    choose(visitor, file("one.pdf"), file("two.pdf"))
    expect(row(visitor, "one.pdf")).to_contain_text("The upload broke off. Try again.")
    expect(visitor.get_by_role("button", name="Try all 2 again")).to_be_visible()
    visitor.unroute("**/api/upload")
    row(visitor, "one.pdf").get_by_role("button", name="Try again").click()
    expect(jobs(visitor)).to_contain_text("one.pdf")
    expect(row(visitor, "two.pdf")).to_contain_text("Not uploaded")


def test_it_waits_by_itself_where_the_server_is_busy(visitor: Page) -> None:
    answers = iter([{"status": 503, "headers": {"Retry-After": "1"}, "body": "{}"}])

    def answer(route: Any) -> None:
        refusal = next(answers, None)
        route.fulfill(**refusal) if refusal else route.continue_()

    visitor.route("**/api/upload", answer)
    choose(visitor, file("one.pdf"))
    expect(row(visitor, "one.pdf")).to_contain_text("The server is busy. Goes on in 1 seconds.")
    expect(jobs(visitor)).to_contain_text("one.pdf")


def test_it_shows_hostile_names_as_they_are(page: Page) -> None:
    page.goto("/")
    choose(page, file(HOSTILE_NAME))
    expect(jobs(page).get_by_role("link", name=HOSTILE_NAME, exact=True)).to_be_visible()
    page.reload()
    expect(jobs(page).get_by_role("link", name=HOSTILE_NAME, exact=True)).to_be_visible()
    assert page.locator("#jobs img").count() == 0


def test_it_offers_a_sample_at_first(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Try it with a sample PDF").click()
    expect(jobs(page)).to_contain_text("sample.pdf")
    expect(jobs(page)).to_contain_text("2 pages", timeout=60_000)
    expect(page.locator("#jobs-empty")).to_be_hidden()
