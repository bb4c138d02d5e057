"""Jobs on several machines while everything that can fail does, at random.

    python -m tests.benchmarks.chaos [--seconds 600] [--jobs 200] [--seed N]

Two web machines (requests go to them by turns) and three worker machines share PostgreSQL, Redis and S3. Ends when
the time is over or all jobs are accepted, then heals everything, waits for the jobs and looks at what is left. Prints
the figures; the exit code is 1 when a job that was accepted is not completed with every page exactly once.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests import machines
from tests.benchmarks.chaos_clients import Clients
from tests.benchmarks.chaos_faults import Faults
from tests.benchmarks.chaos_report import Report, looked_at

# What everything gets to come to rest in, once nothing fails any more.
_REST_S = 180.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--jobs", type=int, default=10**6)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), asked.seconds, asked.jobs, asked.seed)
    print(report)
    sys.exit(0 if report.is_good else 1)


def run(folder: Path, seconds: float, jobs: int, seed: int, worker_machines: int = 3) -> Report:
    """Let it rage for so many seconds, or until so many jobs are accepted; what came of it. Raises Missing."""
    print(f"seed {seed}", flush=True)
    with machines.running(folder, webs=2) as site:
        for _ in range(worker_machines):
            site.start_machine(workers=2)
        clients = Clients(site, folder / "begun", jobs, random.Random(seed))
        faults = Faults(site, random.Random(seed + 1))
        began = time.monotonic()
        with clients.at_work():
            while time.monotonic() - began < seconds and not clients.have_uploaded_all():
                faults.one()
            faults.heal()
            raged = time.monotonic() - began
            clients.finish(_REST_S)
        return looked_at(site, clients, faults, raged)


if __name__ == "__main__":
    main()
