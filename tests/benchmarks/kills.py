"""One job, and `kill -9` on every process of the server at random moments while it runs.

    python -m tests.benchmarks.kills [PDF] [--kills 10]

Prints what each kill found and cost, and whether the result equals that of an undisturbed run.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

from tests.benchmarks.throughput import CORPUS
from tests.server import Server, running


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pdf", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--kills", type=int, default=10)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "server") as server:
        undisturbed = server.upload(asked.pdf)
        server.wait_until_finished(undisturbed, timeout_s=600)
        disturbed(server, asked.pdf, asked.kills, server.result(undisturbed))


def disturbed(server: Server, pdf: Path, kills: int, expected: str) -> None:
    job_id = server.upload(pdf)
    for kill in range(1, kills + 1):
        time.sleep(random.uniform(0.5, 4))
        killed = len(server.processes())
        server.kill_all()
        began = time.monotonic()
        server.start()
        job = server.job(job_id)
        print(
            f"kill {kill}: {killed} processes, answers again after {time.monotonic() - began:.1f} s, "
            f"{job['status']} at {job['processed_pages']} of {job['total_pages']} pages"
        )
    job = server.wait_until_finished(job_id, timeout_s=600)
    pages = server.pages(job_id)
    attempts = sum(page["attempts"] for page in pages)
    print(f"{job['status']}, {job['pages_failed']} pages failed")
    print(f"{attempts} conversions begun for {len(pages)} pages: {attempts - len(pages)} in flight at {kills} kills")
    print(f"result equals the undisturbed one: {server.result(job_id) == expected}")


if __name__ == "__main__":
    main()
