"""Schemathesis against a real server's own schema, all checks, all phases:

python -m tests.benchmarks.schemathesis_cases [--examples 75]

Once as the one user where no login is asked for, and once by the token of one of the staff where it is.
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
_ROOM = {"PDFJOBS_MAX_JOBS": "1000"}
OPEN = {**_ROOM, "PDFJOBS_REQUIRE_LOGIN": "false"}
CLOSED = {**_ROOM, "PDFJOBS_REQUIRE_LOGIN": "true"}


def staff_token(server: Server) -> str:
    """A token of the account that each server makes at its first start."""
    made = server.command("create_token", "admin", "--name", "cases")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def _config(server: Server, token: str) -> Path:
    """A copy of the settings with the token: then the command knows which requests are to be refused without it."""
    own = server.folder / "schemathesis.toml"
    auth = f'[auth.openapi.token]\nbearer = "{token}"\n' if token else ""
    own.write_text(f"{_CONFIG.read_text()}\n{auth}")
    return own


def cases(
    server: Server, examples: int, phases: str = ALL_PHASES, token: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run the command on `server`, with so many examples for each operation; each run makes the same cases."""
    command = [
        *(
            str(Path(sys.executable).with_name("st")),
            "--config-file",
            str(_config(server, token)),
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
    parser.add_argument("--examples", type=int, default=75, help="for each operation, in each of the two runs")
    examples = parser.parse_args().examples
    return max(run(OPEN, examples), run(CLOSED, examples))


def run(environment: dict[str, str], examples: int) -> int:
    """One server from its start to its end, and what the command said of it."""
    with TemporaryDirectory() as folder, running(Path(folder), 2, **environment) as server:
        began = time.monotonic()
        token = staff_token(server) if environment is CLOSED else ""
        done = cases(server, examples, token=token)
        print(done.stdout, done.stderr, f"{time.monotonic() - began:.0f} seconds", sep="\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
