"""`manage.py convert`: PDFs to Markdown files, through the same jobs and workers as the server's."""

import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from jobs import engines
from jobs.errors import BadOption
from jobs.limits import limits
from jobs.management.progress import Progress, farewell
from jobs.services import Options, choose_engine
from jobs.services.batch import Batch, How
from jobs.services.batch_files import find, with_targets
from jobs.supervision.own_cluster import Hands
from pdfjobs_site.env import child_environment, is_set

_LOOK_S = 0.3
_INTERRUPTED = 130  # as shells count an end by Ctrl-C


class Command(BaseCommand):
    help = (
        "Convert PDFs to Markdown files. Each PDF becomes a job like an upload's: it survives crashes, and the web "
        "page shows it. Where the server runs on the same data folder its workers do it, else workers that this "
        "command starts. Exit code 0: all pages of all files were converted; 1: some files or pages were not, and the "
        "lines say which; 130: stopped by Ctrl-C, the jobs stay and go on when the server runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        engines_there = ", ".join(_engines())
        parser.add_argument(
            "files",
            nargs="+",
            metavar="FILE",
            help="a PDF; a folder (all *.pdf in and below it); @LIST, a file with such names, one a line; "
            "- for such a list on standard input",
        )
        parser.add_argument("-o", "--output", metavar="DIR", type=Path, help="where to write NAME.md (beside each PDF)")
        parser.add_argument("--force", action="store_true", help="write over Markdown files that are there already")
        parser.add_argument(
            "--engine",
            help=f"what converts: {engines_there} ({engines.DEFAULT}; with --prompt {engines.VISION}, if it is set up)",
        )
        parser.add_argument("--pages", default="", metavar="RANGE", help='which pages, like "1-3,7" or "5-" (all)')
        parser.add_argument("--page-breaks", action="store_true", help="mark in the Markdown where each page begins")
        parser.add_argument("--images", action="store_true", help="cut the pictures out, to NAME.images beside NAME.md")
        parser.add_argument(
            "--ocr", default="auto", choices=("auto", "always", "never"), help="read as pictures (%(default)s)"
        )
        parser.add_argument("--ocr-language", default="", metavar="LANG", help='of scans, like "deu+eng"')
        parser.add_argument(
            "--page-furniture",
            default="drop",
            choices=("drop", "keep"),
            help="running headers, footers and page numbers (%(default)s)",
        )
        parser.add_argument("--prompt", default="", help="what to ask the vision model about each page")
        parser.add_argument("--password", default="", help="what opens locked PDFs (others see it in the process list)")
        parser.add_argument("--fresh", action="store_true", help="convert also what was converted just so before")
        parser.add_argument("--delete", action="store_true", help="remove each job once its Markdown file is written")

    def handle(self, *args: Any, files: list[str], output: Path | None, **options: Any) -> None:
        how = _how(options)
        found = find(_names(files))
        if not found.sources and not found.problems:
            raise CommandError("No file was named.")
        _make_folder(output)
        progress = Progress(self.stdout, self.stderr)
        progress.say(*found.problems)
        try:
            with _stoppable(), Hands(_cluster_environment()) as hands:
                good = _converted(Batch(with_targets(found.sources, output), how), hands, progress)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)
        except DatabaseError as error:
            raise CommandError(f"The database can't be used ({error}). `manage.py doctor` says what to do.") from error
        finally:
            progress.close()
        wanted = len(found.sources) + len(found.problems)
        progress.say(f"{good} of {wanted} files converted without a fault.")
        if good < wanted:
            sys.exit(1)


def _converted(batch: Batch, hands: Hands, progress: Progress) -> int:
    """Convert the batch; how many files became whole Markdown."""
    good = 0
    try:
        while not batch.is_over:
            hands.look()
            for ended in batch.step():
                good += ended.is_whole
                progress.tell(ended)
            progress.show(batch, hands.are_own)
            time.sleep(_LOOK_S if batch.has_to_wait else 0)
    except KeyboardInterrupt:
        progress.say(farewell(batch))
        raise
    finally:
        batch.leave()
    return good


def _how(options: dict[str, Any]) -> How:
    """Raises CommandError for what this server can't do: an option is refused, not ignored."""
    if options["engine"] not in {None, *_engines()}:
        raise CommandError(f'There is no engine "{options["engine"]}"; there are: {", ".join(_engines())}.')
    try:
        choose_engine(options["engine"], options["prompt"])
    except BadOption as problem:
        raise CommandError(problem.detail) from problem
    return How(
        options=Options(**{each.name: options[each.name] for each in fields(Options)}),
        engine=options["engine"],
        prompt=options["prompt"],
        password=options["password"],
        force=options["force"],
        delete=options["delete"],
        reuse=not options["fresh"],
    )


def _engines() -> list[str]:
    return sorted({*engines.NAMES, *settings.EXTRA_ENGINES})


def _names(files: list[str]) -> Iterator[str]:
    """The names that the arguments stand for. Raises CommandError when a list can't be read."""
    for name in files:
        if name == "-":
            yield from _lines(sys.stdin.read())
        elif name.startswith("@"):
            try:
                yield from _lines(Path(name[1:]).read_text(errors="surrogateescape"))
            except OSError as error:
                raise CommandError(f"The list {name[1:]} can't be read: {error.strerror}.") from error
        else:
            yield name


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _make_folder(output: Path | None) -> None:
    if output:
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"The folder {output} can't be made: {error.strerror}. Name another with -o.") from error


def _cluster_environment() -> dict[str, str]:
    """Failed pages are told with their file; the workers need not log them into the progress bar."""
    quiet = {} if is_set("PDFJOBS_LOG_LEVEL") else {"PDFJOBS_LOG_LEVEL": "ERROR"}
    return child_environment({"PDFJOBS_WORKERS": str(limits().workers), **quiet})


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM and a closed terminal end the command as Ctrl-C does."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.default_int_handler) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
