"""How long a one-page job takes on the idle server, and while a large job runs.

python -m tests.benchmarks.fairness [PDF] [--rounds 3]
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from tests.benchmarks.throughput import CORPUS, job, warm_up
from tests.server import running


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pdf", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "server") as server:
        warm_up(server)
        idle = [job(server, asked.pdf, pages="2")["seconds"] for _ in range(asked.rounds)]
        large = server.upload(asked.pdf)
        server.wait_for_pages(large, 5)
        busy = [job(server, asked.pdf, pages="2")["seconds"] for _ in range(asked.rounds)]
        state = server.job(large)
        print(f"idle: {statistics.median(idle):.2f} s (each {', '.join(f'{value:.2f}' for value in idle)})")
        print(f"beside the large job: {max(busy):.2f} s at most (each {', '.join(f'{value:.2f}' for value in busy)})")
        print(f"allowed: {2 * statistics.median(idle) + 3:.2f} s; the large one is {state['status']} meanwhile")


if __name__ == "__main__":
    main()
