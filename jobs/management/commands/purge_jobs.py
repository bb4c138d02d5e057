"""`manage.py purge_jobs`: remove finished jobs by rules, now and from the command line."""

import json
import math
import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat

from jobs import services, storage
from jobs.limits import GIB
from jobs.models.job import FINISHED
from jobs.pipeline import recovery
from jobs.services.retention import Report, Rules

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST_DAYS = 36_500

Orphans = dict[str, int]
"""Folders that belong to no job, with their bytes."""


def span(text: str) -> timedelta:
    """The time that "30m", "12h", "7d" or "2w" stands for. Raises ArgumentTypeError."""
    match = re.fullmatch(r"(\d{1,6})([mhdw])", text.strip())
    found = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if not timedelta() < found <= timedelta(days=_LONGEST_DAYS):
        raise ArgumentTypeError(f'"{text}" is no time: write it like 30m, 12h, 7d or 2w.')
    return found


def statuses(text: str) -> list[str]:
    """The states of finished jobs that "failed,cancelled" names. Raises ArgumentTypeError."""
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if name not in FINISHED:
            raise ArgumentTypeError(f'"{name}" can\'t be purged; finished jobs are {", ".join(FINISHED)}.')
    return names


def whole(text: str) -> int:
    """A number of jobs. Raises ArgumentTypeError."""
    if not re.fullmatch(r"\d{1,9}", text.strip()):
        raise ArgumentTypeError(f'"{text}" is no number of jobs: write 0, 100 or the like.')
    return int(text)


def gigabytes(text: str) -> int:
    """Bytes of so many GB (of 1024³ bytes, as PDFJOBS_MAX_STORAGE_GB has them). Raises ArgumentTypeError."""
    try:
        size = float(text)
    except ValueError:
        size = math.nan
    if not 0 <= size <= 1_000_000:  # noqa: PLR2004 (as the setting's check)
        raise ArgumentTypeError(f'"{text}" is no size: write the GB like 5 or 0.5.')
    return int(size * GIB)


class Command(BaseCommand):
    help = (
        "Remove finished jobs with their files, the least recently used first. Without a rule (--older-than, --status, "
        "--max-jobs, --max-storage-gb) the rules of the settings apply, as the server itself applies them; with rules, "
        "only these. Jobs that are pending, processing, marked as kept, or just being downloaded always stay. "
        "What was purged stays listed with when and why."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--older-than", type=span, metavar="TIME", help="not used for that long: 30m, 12h, 7d, 2w")
        parser.add_argument(
            "--status",
            type=statuses,
            action="extend",
            metavar="STATUS",
            help=f"only jobs in this state ({', '.join(FINISHED)}; several with commas, or said again); "
            "with no other rule beside it, all of them",
        )
        parser.add_argument("--max-jobs", type=whole, metavar="N", help="keep at most so many finished jobs")
        parser.add_argument(
            "--max-storage-gb", type=gigabytes, metavar="GB", help="remove until all jobs together take no more"
        )
        parser.add_argument(
            "--orphans",
            action="store_true",
            help="also remove the folders that belong to no job and are over an hour old; with no rule beside it, only "
            "those. After a loss of the database run restore_jobs first: until then all folders belong to no job",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, dry_run: bool, json: bool, **options: Any) -> None:
        rules = _rules(options)
        only_orphans = options["orphans"] and rules is None
        try:
            orphans = _orphans() if options["orphans"] else {}
            report = Report() if only_orphans else services.plan(rules) if dry_run else services.purge(rules)
            if orphans and not dry_run:
                recovery.remove_orphans()
        except DatabaseError as error:
            raise CommandError(f"The database can't be used ({error}). `manage.py doctor` says what to do.") from error
        except OSError as error:
            raise CommandError(
                f"A file can't be removed ({error}). Mend that and run this again: it finishes what was begun."
            ) from error
        self.stdout.write(_document(report, orphans, dry_run) if json else _text(report, orphans, dry_run))


def _rules(options: dict[str, Any]) -> Rules | None:
    """The rules that the options make; None when there are none."""
    limits = {"unused_for": options["older_than"], "jobs": options["max_jobs"], "bytes": options["max_storage_gb"]}
    given = {name: value for name, value in limits.items() if value is not None}
    if options["status"]:
        return Rules(statuses=tuple(sorted(set(options["status"]))), everything=not given, **given)
    return Rules(**given) if given else None


def _orphans() -> Orphans:
    return {folder: storage.bytes_of(folder) for folder in sorted(recovery.orphans())}


def _document(report: Report, orphans: Orphans, dry_run: bool) -> str:
    return json.dumps(
        {
            "dry_run": dry_run,
            "jobs": [
                {"job_id": due.job.job_id, "status": due.job.status, "reason": due.reason, "bytes": due.bytes}
                for due in report.due
            ],
            "orphans": [{"folder": storage.folder(name), "bytes": size} for name, size in orphans.items()],
            "finished": report.finished,
            "freed_bytes": report.bytes + sum(orphans.values()),
        },
        indent=1,
    )


def _text(report: Report, orphans: Orphans, dry_run: bool) -> str:
    lines = [f"{due.job.job_id}  {due.reason}  {_size(due.bytes)}" for due in report.due]
    lines += [f"{storage.folder(name)}  belongs to no job  {_size(size)}" for name, size in orphans.items()]
    if report.finished:
        lines.append(f"{report.finished} removals that were broken off are finished.")
    would_be = "would be " if dry_run else ""
    what = f"{len(report.due)} jobs" + (f" and {len(orphans)} folders of no job" if orphans else "")
    freed = _size(report.bytes + sum(orphans.values()))
    return "\n".join([*lines, f"{what} {would_be}removed, {freed} {would_be}freed."])


def _size(size: int) -> str:
    return filesizeformat(size).replace("\xa0", " ")
