"""Pages per second of the server against one process that calls PyMuPDF directly, on the same pages in one run.

    python -m tests.benchmarks.throughput [PDF] [--workers 2] [--rounds 3]

Prints the rates and their ratio, the time to the first page, what a one-page job costs over the bare conversion, and
the peak memory of each process. The figures are for this machine; the ratios travel.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.pdfs import pages as built
from tests.server import ROOT, Server, running, wait_for

CORPUS = ROOT.parent / "shared" / "corpus" / "instructions_and_schematics.pdf"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pdf", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pdf = asked.pdf
        if not pdf.exists():
            pdf = Path(folder) / "built.pdf"
            pdf.write_bytes(built(100))
        with running(Path(folder) / "server", asked.workers) as server:
            measure(server, pdf, asked.rounds)


def measure(server: Server, pdf: Path, rounds: int) -> None:
    warm_up(server)
    ratios = []
    for _ in range(rounds):
        alone = direct(pdf, 10**6)
        ours = job(server, pdf)
        ratios.append(ours["rate"] / alone["rate"])
        say("direct, one process", alone)
        say(f"server, {server.workers} workers", ours)
        print(f"  ratio {ratios[-1]:.2f}")
    print(f"pages per second, server over direct: median {statistics.median(ratios):.2f} of {rounds} rounds")
    one_page(server, pdf, rounds)
    memory(server)


def warm_up(server: Server) -> None:
    server.wait_until_finished(server.upload(built(2 * server.workers)))


def direct(pdf: Path, count: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.direct", str(pdf), str(count)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    found: dict[str, Any] = json.loads(done.stderr)
    return {**found, "rate": found["pages"] / found["seconds"]}


def job(server: Server, pdf: Path, **fields: str) -> dict[str, Any]:
    """Seconds from the first byte of the upload to the finished job, polled as a client would."""
    began = time.monotonic()
    job_id = server.upload(pdf, name=pdf.name, **fields)
    accepted = time.monotonic() - began
    wait_for(lambda: server.job(job_id)["processed_pages"], 120)
    first = time.monotonic() - began
    document = server.wait_until_finished(job_id, timeout_s=1200)
    seconds = time.monotonic() - began
    return {
        "pages": document["total_pages"],
        "accepted_s": accepted,
        "first_page_s": first,
        "seconds": seconds,
        "rate": document["total_pages"] / seconds,
    }


def one_page(server: Server, pdf: Path, rounds: int) -> None:
    """The first page alone: bare conversion in a warm process against a job on the idle, warm server."""
    bare, jobs = [], []
    for _ in range(rounds):
        bare.append(direct(pdf, 1)["first_page_s"])
        jobs.append(job(server, pdf, pages="1")["seconds"])
    over = statistics.median(jobs) - statistics.median(bare)
    print(
        f"one-page job: {statistics.median(jobs):.2f} s, bare conversion {statistics.median(bare):.2f} s, "
        f"overhead {over:.2f} s"
    )


def memory(server: Server) -> None:
    print("peak memory (MB):")
    for process in server.processes():
        with suppress(psutil.Error, OSError, StopIteration):  # it may just have ended
            status = Path(f"/proc/{process.pid}/status").read_text()
            peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
            words = [word for word in process.cmdline()[1:4] if not word.startswith(("-", "{"))]
            print(f"  {int(peak.split()[1]) / 1024:6.0f}  {' '.join(words)}")


def say(who: str, found: dict[str, Any]) -> None:
    parts = ", ".join(f"{name} {value:.2f}" for name, value in found.items() if name != "pages")
    print(f"{who}: {found['pages']} pages, {parts}")


if __name__ == "__main__":
    main()
