"""Memory and time of each kind of result, of documents of 300 and of 3,000 pages: memory should be about the same.

    python -m tests.benchmarks.result_formats

Each download is read in a process of its own, as an async server reads it.
"""

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

PAGES = (300, 3000)
_PARAGRAPH = "The quick *brown* fox `jumps` over the **lazy** [dog](https://example.org/a?b=c). " * 6
_ROWS = "".join(f"| row {n} | {n * n} | {n**3} |\n" for n in range(20))
_PAGE = f"# Chapter {{0}}\n\n{_PARAGRAPH}\n\n- one\n- two\n\n| a | b | c |\n| --- | --- | --- |\n{_ROWS}\n{_PARAGRAPH}"


def main() -> None:
    with TemporaryDirectory(prefix="pdfjobs-formats-") as folder:
        environment = {
            **os.environ,
            "PDFJOBS_DATA_DIR": folder,
            "PDFJOBS_REQUIRE_LOGIN": "false",
            "DJANGO_SETTINGS_MODULE": "pdfjobs_site.settings",
        }
        _run(environment, "prepare")
        for name in _run(environment, "names").split():
            print(name, *(_run(environment, "read", name, str(pages)).strip() for pages in PAGES), sep=" | ")


def _run(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.result_formats", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def prepare() -> None:
    """A job of each size, with a picture of 40 KB on every tenth page."""
    from django.core.files.base import ContentFile
    from django.core.management import call_command

    from jobs import result
    from jobs.models import Job, Page
    from tests.pictures import store_picture

    call_command("migrate", verbosity=0)
    for count in PAGES:
        job = Job(
            job_id=f"job_{count}",
            filename="long.pdf",
            engine="fake",
            input_bytes=1,
            total_pages=count,
            options={"page_breaks": True},
        )
        job.save()
        rows = [_page(job, number) for number in range(1, count + 1)]
        Page.objects.bulk_create(rows, batch_size=500)
        for number in range(10, count + 1, 10):
            store_picture(job, f"page-{number:05}-01.png", os.urandom(40_000))
        content = "".join(result.pieces(job)).encode()
        job.result.save("result.md", ContentFile(content), save=False)
        job.result_bytes = len(content)
        Job.objects.filter(pk=job.pk).move(Job.Status.PROCESSING)
        Job.objects.filter(pk=job.pk).move(
            Job.Status.COMPLETED, pages_done=count, result=job.result.name, result_bytes=len(content)
        )


def _page(job: Any, number: int) -> Any:
    from jobs.models import Page

    text = _PAGE.format(number)
    if number % 10 == 0:
        text += f"\n\n![Figure {number}](images/page-{number:05}-01.png)"
    return Page(job=job, number=number, status=Page.Status.DONE, markdown=text, blocks=[] if number % 2 else _blocks())


def _blocks() -> list[dict[str, object]]:
    box = [72.0, 72.0, 500.0, 90.0]
    return [{"type": "text", "text": _PARAGRAPH, "bbox": box, "at": n, "to": n + 1} for n in range(4)]


def names() -> None:
    from jobs.formats import NAMES

    print(*NAMES)


def read(name: str, pages: str) -> None:
    from jobs.downloads import download, download_as
    from jobs.formats import FORMATS, STORED
    from jobs.models import Job

    job = Job.objects.get(job_id=f"job_{pages}")
    before = _peak_mb()
    started = time.perf_counter()
    response = download(job, job.result, "a", "b") if name == STORED else download_as(job, FORMATS[name])

    async def size() -> int:
        return sum([len(piece) async for piece in response])

    got = asyncio.run(size())
    response.close()
    grown, took = _peak_mb() - before, time.perf_counter() - started
    print(f"{pages} pages: {got / 1e6:.1f} MB in {took:.1f} s, memory +{grown:.1f} MB (from {before:.0f})")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import django

        django.setup()
        parts: dict[str, Callable[..., None]] = {"prepare": prepare, "names": names, "read": read}
        parts[sys.argv[1]](*sys.argv[2:])
