"""What the server uses while it has nothing to do.

    python -m tests.benchmarks.idle [--seconds 60]

Prints the CPU time of all its processes as a share of one core, and their memory.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.benchmarks.throughput import memory, warm_up
from tests.server import Server, running


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "server") as server:
        warm_up(server)
        time.sleep(5)
        before = used(server)
        time.sleep(asked.seconds)
        after = used(server)
        for pid, (name, seconds) in sorted(after.items()):
            share = 100 * (seconds - before.get(pid, ("", 0.0))[1]) / asked.seconds
            print(f"  {share:5.2f} %  {name}")
        total = sum(seconds for _, seconds in after.values()) - sum(seconds for _, seconds in before.values())
        print(f"idle: {100 * total / asked.seconds:.2f} % of one core")
        memory(server)


def used(server: Server) -> dict[int, tuple[str, float]]:
    """CPU seconds so far of each process, with its name."""
    found = {}
    for process in server.processes():
        times = process.cpu_times()
        found[process.pid] = (" ".join(process.cmdline()[1:3])[:40], times.user + times.system)
    return found


if __name__ == "__main__":
    main()
