"""Schemathesis against a real server's own schema, all checks, all phases:

python -m tests.benchmarks.schemathesis_cases [--examples 150]
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.server import ROOT, Server, running

ALL_PHASES = "examples,coverage,fuzzing,stateful"
_CONFIG = Path(__file__).with_name("schemathesis.toml")
OPEN = {"PDFJOBS_REQUIRE_LOGIN": "false", "PDFJOBS_MAX_JOBS": "1000"}


def cases(server: Server, examples: int, phases: str = ALL_PHASES) -> "subprocess.CompletedProcess[str]":
    """Run the command on `server`, with so many examples for each operation; each run makes the same cases."""
    command = [
        *(
            str(Path(sys.executable).with_name("st")),
            "--config-file",
            str(_CONFIG),
            "run",
            f"{server.url}/api/schema",
            "--checks",
            "all",
        ),
        *("--phases", phases, "--max-examples", str(examples), "--seed", "1"),
        *("--generation-database", "none", "--request-timeout", "70", "--continue-on-failure", "--no-color"),
        *("--suppress-health-check", "all"),
    ]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.benchmarks.schemathesis_hooks",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        command, cwd=server.folder, env=environment, capture_output=True, text=True, timeout=3600, check=False
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=150, help="for each operation")
    examples = parser.parse_args().examples
    with TemporaryDirectory() as folder, running(Path(folder), 2, **OPEN) as server:
        began = time.monotonic()
        done = cases(server, examples)
        print(done.stdout, done.stderr, f"{time.monotonic() - began:.0f} seconds", sep="\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
