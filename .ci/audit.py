"""Looks for known vulnerabilities of what is installed. Fails on one, and says so where nobody could tell of any.

python .ci/audit.py
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

# Who is asked: the registry at hand, and the open database of vulnerabilities.
SERVICES = ("pypi", "osv")


def main() -> int:
    reports = [report for service in SERVICES if (report := asked(service)) is not None]
    said, code = verdict(reports)
    print(said)
    return code


def asked(service: str) -> dict[str, Any] | None:
    """What `service` tells of each package; None when it can't be reached."""
    command = [str(Path(sys.executable).with_name("pip-audit")), "--vulnerability-service", service, "--format", "json"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off", "--skip-editable"], capture_output=True, text=True, check=False
    )
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return None
    return found


def verdict(reports: list[dict[str, Any]]) -> tuple[str, int]:
    """What to say, and the exit code: 1 for a known vulnerability."""
    packages = [package for report in reports for package in report["dependencies"]]
    audited = {package["name"] for package in packages if "vulns" in package}
    unknown = {package["name"] for package in packages} - audited
    bad = [finding for package in packages for finding in findings(package)]
    if bad:
        return "\n".join(["audit: known vulnerabilities:", *sorted(set(bad))]), 1
    if not audited:
        return f"audit: nothing was audited: {reason(unknown)}", 0
    rest = f"; not audited: {', '.join(sorted(unknown))}" if unknown else ""
    return f"audit: {len(audited)} packages have no known vulnerability{rest}", 0


def findings(package: dict[str, Any]) -> list[str]:
    name = f"{package['name']} {package.get('version', '')}"
    fixed = {each["id"]: ", ".join(each.get("fix_versions", [])) or "none" for each in package.get("vulns", [])}
    return [f"{name}: {key}, fixed in: {versions}" for key, versions in fixed.items()]


def reason(unknown: set[str]) -> str:
    if unknown:
        return f"the registry at hand tells nothing of any of the {len(unknown)} packages."
    return f"none of the services could be reached ({', '.join(SERVICES)})."


if __name__ == "__main__":
    sys.exit(main())
