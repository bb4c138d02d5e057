"""The client as a command.

    python -m jobs.client convert FILE… [--server URL] [--token …] [-o DIR] [--format md] [--engine …] …
    python -m jobs.client fetch JOB_ID… [-o DIR] [--format md]

FILE is a PDF or a folder (all *.pdf in and below it). Results are written beside the PDFs or to DIR. `fetch` waits for
jobs that an earlier call has left, and gets their results. --token-file names a file with the token.

Exit codes: 0 all pages of all files were converted; 1 some were not, the lines say which; 2 wrong usage; 130 stopped by
Ctrl-C (the jobs go on; the last lines say how to fetch them, and how many files were not sent).
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shlex import join

import httpx
from tqdm import tqdm

from jobs.client import ApiError, Client, Interrupted, Job

_AT_ONCE = 3
_LOOK_S = 3.0  # how often those who wait for a job see that Ctrl-C was pressed
_WAKE_S = 0.5  # how often the main thread does
_INTERRUPTED = 130
_OPTIONS = ("engine", "prompt", "pages", "ocr", "ocr_language", "page_furniture", "password", "client_ref")
_FLAGS = ("page_breaks", "images")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        with Client(asked.server, _token(asked)) as client:
            return _Work(client, asked).run(_wanted(asked))
    except KeyboardInterrupt:
        return _INTERRUPTED


@dataclass(frozen=True)
class _Wanted:
    """One result: of a file to upload, or of a job that is there. `folder` is where it is written."""

    name: str
    folder: Path | None
    pdf: Path | None = None


@dataclass
class _Work:
    client: Client
    asked: argparse.Namespace
    underway: list[str] = field(default_factory=list)
    """Ids of the jobs that are not fetched yet."""
    unsent: set[str] = field(default_factory=set)
    """The files of which the server has not said that it has them."""

    def run(self, wanted: list[_Wanted]) -> int:
        good = 0
        self.underway += [each.name for each in wanted if each.pdf is None]
        self.unsent |= {each.name for each in wanted if each.pdf is not None}
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            try:
                futures: list[Future[bool]] = [threads.submit(self._guarded, each) for each in wanted]
                good = sum(map(_result, futures))
            except KeyboardInterrupt:
                self.client.interrupt()
                threads.shutdown(wait=True, cancel_futures=True)
                self._say_farewell()
                return _INTERRUPTED
        say(f"{good} of {len(wanted)} files converted without a fault.")
        return 0 if good == len(wanted) else 1

    def _guarded(self, each: _Wanted) -> bool:
        """Whether the result is written and whole; says what is wrong."""
        try:
            return self._fetched(each)
        except Interrupted:
            return False
        except ApiError as error:
            say(f"{each.name}: {error.detail} [{error.code}, request {error.request_id}]")
        except (httpx.HTTPError, OSError) as error:
            say(f"{each.name}: {error or type(error).__name__}")
        return False

    def _fetched(self, each: _Wanted) -> bool:
        job_id = each.name if each.pdf is None else self._uploaded(each.pdf)
        job = self._waited(job_id, Path(each.name).name)
        if job.status != "completed":
            self.underway.remove(job_id)
            say(f"{each.name}: {job.status}. {job.error or ''}".rstrip())
            return False
        target = (each.folder or Path()) / f"{Path(job.filename).stem or 'document'}.{_ending(self.asked.format)}"
        if target.exists() and not self.asked.force:
            say(f"{each.name}: {target} is there already; --force writes over it. The job is {job_id}.")
            return False
        self.client.save(job_id, target, self.asked.format)
        self.underway.remove(job_id)
        say(f"{each.name}: {target}", *_faults(job))
        return job.is_whole

    def _uploaded(self, pdf: Path) -> str:
        options: dict[str, str | bool] = {name: value for name in _OPTIONS if (value := getattr(self.asked, name))}
        options |= {name: True for name in _FLAGS if getattr(self.asked, name)}
        job_id = self.client.upload(pdf, **options).job_id
        self.underway.append(job_id)
        self.unsent.discard(str(pdf))
        return job_id

    def _waited(self, job_id: str, name: str) -> Job:
        """The job once it is finished, with a bar over its pages meanwhile. Raises ApiError, Interrupted."""
        with tqdm(unit="page", desc=name[:30], leave=False, disable=None) as bar:

            def show(job: Job) -> None:
                bar.total = job.total_pages
                bar.update(job.processed_pages - bar.n)

            while True:
                with suppress(TimeoutError):
                    return self.client.wait(job_id, on_progress=show, timeout_s=_LOOK_S)

    def _say_farewell(self) -> None:
        if self.unsent:
            say(f"Stopped; files that were not sent: {len(self.unsent)}.")
        if self.underway:
            where = ["-o", str(self.asked.output)] if self.asked.output else []
            again = ["fetch", "--server", self.asked.server, *self.underway, *where, "--format", self.asked.format]
            say("Stopped waiting; these jobs go on. Get their results with:", f"  python -m jobs.client {join(again)}")


def _result(future: "Future[bool]") -> bool:
    # Any thread may be the one that takes a signal; it does not wake the main thread, which alone acts on it.
    while not future.done():
        wait([future], timeout=_WAKE_S)
    return future.result()


def say(*lines: str) -> None:
    for line in lines:
        tqdm.write(line)


def _ending(kind: str) -> str:
    """The file name's ending for a format."""
    return {"text": "txt"}.get(kind, kind)


def _faults(job: Job) -> Iterator[str]:
    if job.failed_pages:
        yield f"  pages that failed: {', '.join(map(str, job.failed_pages))}"
    yield from (f"  {warning}" for warning in job.warnings)


def _wanted(asked: argparse.Namespace) -> list[_Wanted]:
    if asked.output:
        asked.output.mkdir(parents=True, exist_ok=True)
    if asked.verb == "fetch":
        return [_Wanted(job_id, asked.output) for job_id in asked.jobs]
    return [_Wanted(str(pdf), asked.output or pdf.parent, pdf) for name in asked.files for pdf in _pdfs(name)]


def _pdfs(name: str) -> list[Path]:
    path = Path(name)
    if not path.is_dir():
        return [path]
    return sorted(found for found in path.rglob("*") if found.suffix.lower() == ".pdf" and found.is_file())


def _token(asked: argparse.Namespace) -> str:
    return str(asked.token_file.read_text().strip() if asked.token_file else asked.token)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jobs.client", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    convert = verbs.add_parser("convert", help="upload PDFs, wait, write the results")
    convert.add_argument("files", nargs="+", metavar="FILE")
    for name in _OPTIONS:
        convert.add_argument(f"--{name.replace('_', '-')}", default="", help="as the API's option")
    for name in _FLAGS:
        convert.add_argument(f"--{name.replace('_', '-')}", action="store_true", help="as the API's option")
    fetch = verbs.add_parser("fetch", help="wait for jobs that are there, write the results")
    fetch.add_argument("jobs", nargs="+", metavar="JOB_ID")
    for verb in (convert, fetch):
        verb.add_argument("--server", default="http://127.0.0.1:8000", metavar="URL", help="(%(default)s)")
        verb.add_argument("--token", default="", help="a bearer token (others see it in the process list)")
        verb.add_argument("--token-file", type=Path, metavar="FILE", help="a file with the token")
        verb.add_argument("-o", "--output", type=Path, metavar="DIR", help="where to write the results")
        verb.add_argument("--format", default="md", choices=("md", "html", "text", "json", "zip"), help="(%(default)s)")
        verb.add_argument("--force", action="store_true", help="write over results that are there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
