"""Whether memory stays flat over a long PDF: in one sandbox, or in all processes of a server.

    python -m tests.benchmarks.memory [FOLDER] [--engine layout] [--pages 1000] [--server]

The PDF is made of the pages of FOLDER's PDFs that have text, over and over, or of built pages of text, tables and
pictures; each round has fonts and pictures of its own, as the chapters of a book may. One sandbox with the default
limits converts it, and the memory of its child is printed after 50, 100, 200, … pages. With --server a server with two
workers converts it as one job, and the peak of each of its processes is printed, and its pages per second.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psutil
import pymupdf

from jobs.engines.sandbox import Sandbox, SandboxFailure
from pdfjobs_site import env
from tests import pdfs
from tests.benchmarks.throughput import memory as peaks
from tests.server import running

ENOUGH = 200  # letters that make a page one of text
BUILT = 20  # pages of text between a table and a picture
FIRST = 50  # pages after which memory shall be flat
MEMORY_MB = 1500  # the default of PDFJOBS_PAGE_MEMORY_MB


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--engine", default="layout")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--server", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        build(path, asked.folder, asked.pages)
        print(f"{asked.pages} pages, {path.stat().st_size / 1e6:.0f} MB, engine {asked.engine}", flush=True)
        if asked.server:
            in_server(path, asked.engine, Path(folder) / "server")
        else:
            in_sandbox(path, asked.engine, asked.pages)


def build(path: Path, folder: Path | None, count: int) -> None:
    with pymupdf.open() as long:
        for pdf, number in islice(cycled(folder), count):
            long.insert_pdf(pdf, from_page=number, to_page=number, widgets=False)
        long.save(path)


def cycled(folder: Path | None) -> Iterator[tuple[Any, int]]:
    """Opened PDFs and the indices of their pages, without end."""
    contents = [path.read_bytes() for path in sorted(folder.glob("*.pdf"))] if folder else varied()
    for content in cycle(contents):
        with pymupdf.open("pdf", content) as pdf:
            for number in range(pdf.page_count):
                if len(pdf[number].get_text()) >= ENOUGH or not folder:
                    yield pdf, number


def varied() -> list[bytes]:
    return [pdfs.pages(BUILT, "Some words of running text. " * 80), pdfs.table(), pdfs.two_columns(), pdfs.scanned()]


def in_sandbox(path: Path, engine: str, count: int) -> None:
    began = time.monotonic()
    sandbox = Sandbox(memory_mb=MEMORY_MB, engine=engine, environment=env.sandbox_environment())
    peak = 0.0
    for number in range(1, count + 1):
        try:
            sandbox.request(
                {"path": str(path), "password": "", "number": number, "options": {"ocr": "never"}}, timeout_s=60
            )
        except SandboxFailure as failure:
            print(f"page {number}: {failure.reason}", flush=True)
        now = resident_mb(sandbox)
        peak = max(peak, now)
        if number in (1, FIRST) or number % (2 * FIRST) == 0:
            rate = number / (time.monotonic() - began)
            print(f"{number:6} pages  {now:6.0f} MB, most between pages {peak:6.0f}  {rate:5.1f} pages/s", flush=True)
    print(f"{sandbox.starts} child processes, limit {MEMORY_MB} MB")
    sandbox.close()


def resident_mb(sandbox: Sandbox) -> float:
    return float(psutil.Process(sandbox.pid).memory_info().rss / 1e6) if sandbox.pid else 0.0


def in_server(path: Path, engine: str, folder: Path) -> None:
    with running(folder) as server:
        began = time.monotonic()
        job = server.wait_until_finished(server.upload(path, engine=engine), timeout_s=7200)
        seconds = time.monotonic() - began
        print(f"{job['status']}, {job['pages_failed']} pages failed, {job['total_pages'] / seconds:.1f} pages/s")
        peaks(server)


if __name__ == "__main__":
    main()
