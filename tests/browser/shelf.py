"""Jobs in every state on a real server, for tests that look at them in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymupdf
from playwright.sync_api import FilePayload

from tests import pdfs
from tests.server import Server, running

HOSTILE_NAME = "<img src=x onerror=alert(1)>&amp;.pdf"
HOSTILE = (
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked=2'>",
    "[click](javascript:window.hacked=3)",
    "<a href='javascript:window.hacked=4' onclick='window.hacked=5'>click</a>",
    "<iframe srcdoc='<script>parent.hacked=6</script>'></iframe><svg onload='window.hacked=7'>",
    "<style>body { display: none }</style><p style='position:fixed;inset:0'>over all</p>",
    "<form action='/logout' method='post'><button>win</button></form>",
)
FORMULAS = r"""# Of formulas

Energy is $E = mc^2$, at $5 and $6; \(\frac{a}{b}\), and `$x$` stays.

$$
\int_0^1 x\,dx = \begin{pmatrix} a & b \\ c & d \end{pmatrix} \color{red}{\sqrt[3]{x}} \href{javascript:alert(1)}{y}
$$

| a | b |
| --- | --- |
| $\pi r^2$ | two |
"""


@contextmanager
def shelf(folder: Path) -> Iterator[Server]:
    """A server that purges nothing by itself."""
    with running(folder, PDFJOBS_MAX_JOBS="100") as server:
        yield server


def file(name: str, content: bytes = b"") -> FilePayload:
    """A file for the upload's picker; a PDF of one page unless its content is given."""
    return {"name": name, "mimeType": "application/pdf", "buffer": content or pdfs.pages(1)}


def finished(server: Server, content: bytes, name: str = "report.pdf", **options: str) -> str:
    """The id of a job that is through."""
    job_id = server.upload(content, name, **options)
    server.wait_until_finished(job_id)
    return job_id


def partly_failed(server: Server) -> str:
    """Eight pages: 3 and 5 failed, 4 is empty."""
    return finished(server, pdfs.pages(8), "partly.pdf", engine="fake", prompt="fail:3,5 blank:4")


def all_failed(server: Server) -> str:
    return finished(server, pdfs.pages(3), "failed.pdf", engine="fake", prompt="fail:1,2,3")


def running_job(server: Server, pages: int = 60) -> str:
    """A job of which two pages are there, and that goes on for long."""
    job_id = server.upload(pdfs.pages(pages), "long.pdf", engine="fake", prompt="slow:1")
    server.wait_for_pages(job_id, 2)
    return job_id


def cancelled(server: Server) -> str:
    job_id = running_job(server)
    assert server.post(f"/api/jobs/{job_id}/cancel").status_code == 200
    return job_id


def purged(server: Server) -> str:
    """A job whose files are gone; the others are kept."""
    job_id = finished(server, pdfs.pages(3), "purged.pdf", engine="fake")
    script = (
        "from jobs import services; from jobs.models import Job; others = Job.objects.exclude(job_id='{0}'); "
        "others.update(keep=True); services.purge(services.Rules(jobs=0)); others.update(keep=False)"
    )
    _run(server, script.format(job_id))
    return job_id


def written(server: Server, markdown: str, source: str = "text") -> str:
    """A job whose first page has just this Markdown, as if an engine had made it."""
    job_id = finished(server, pdfs.pages(2), "written.pdf", engine="fake")
    path = server.folder / "written.md"
    path.write_text(markdown)
    script = (
        "from pathlib import Path; from jobs.models import Page; "
        "Page.objects.filter(job__job_id='{0}', number=1).update(markdown=Path('{1}').read_text(), source='{2}')"
    )
    _run(server, script.format(job_id, path, source))
    return job_id


def hostile_pdf() -> bytes:
    """Its words are attacks."""
    with pymupdf.open() as pdf:
        page = pdf.new_page()
        for number, line in enumerate(HOSTILE):
            page.insert_text((40, 80 + 40 * number), line, fontsize=9)
        made: bytes = pdf.tobytes()
        return made


def _run(server: Server, script: str) -> None:
    done = server.command("shell", "-c", script)
    assert done.returncode == 0, done.stderr
