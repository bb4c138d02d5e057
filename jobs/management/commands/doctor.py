"""`manage.py doctor`: is all well, and if not, what to do?"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from jobs.pipeline import recovery
from jobs.services.diagnosis import diagnose


class Command(BaseCommand):
    help = (
        "Look whether all is well: settings, database, migrations, queue, workers, clock, stuck work, leftovers, "
        "storage, disk. Each line begins with ok, or with !! and says what to do. Changes nothing. Exit code 0: all is "
        "well; 1: something is not."
    )
    # They are one of the findings.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        findings = diagnose(recovery.orphans)
        good = all(finding.ok for finding in findings)
        if json:
            self.stdout.write(_document({"ok": good, "findings": [asdict(finding) for finding in findings]}))
        else:
            for finding in findings:
                self.stdout.write(f"{'ok' if finding.ok else '!!'}  {finding.name:<10}  {finding.says}")
        if not good:
            sys.exit(1)


def _document(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1)
