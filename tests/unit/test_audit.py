"""The audit of dependencies: a known vulnerability fails, and silence is not taken for a good answer."""

import runpy
from typing import Any

import pytest

from tests.server import ROOT

verdict = runpy.run_path(str(ROOT / ".ci" / "audit.py"))["verdict"]
GOOD = {"name": "good", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}
BAD = {"name": "bad", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}


def of(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(packages)}


@pytest.mark.parametrize(
    ("reports", "said", "code"),
    [
        ([], "nothing was audited: none of the services could be reached", 0),
        ([of(UNKNOWN)], "nothing was audited: the registry at hand tells nothing of any of the 1 packages", 0),
        ([of(GOOD)], "1 packages have no known vulnerability", 0),
        ([of(GOOD, UNKNOWN)], "1 packages have no known vulnerability; not audited: unknown", 0),
        ([of(GOOD, BAD)], "bad 1.0: PYSEC-1, fixed in: 1.1", 1),
        ([of(UNKNOWN, GOOD), of(BAD)], "bad 1.0: PYSEC-1, fixed in: 1.1", 1),
    ],
)
def test_it_says_what_was_found_and_what_not(reports: list[dict[str, Any]], said: str, code: int) -> None:
    words, exit_code = verdict(reports)
    assert (said in words, exit_code) == (True, code), words
