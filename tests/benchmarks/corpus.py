"""Every PDF of a folder through the server over HTTP.

    python -m tests.benchmarks.corpus FOLDER OUTPUT

Uploads all of them at once, writes `<stem>.md` and `<stem>.pages.json` (Markdown by page) to OUTPUT, and prints a line
for each job.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from tests.server import Server, running


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("output", type=Path)
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as data, running(Path(data) / "server") as server:
        jobs = {pdf: server.upload(pdf, name=pdf.name) for pdf in sorted(asked.folder.glob("*.pdf"))}
        pages = sum(converted(server, pdf, job_id, asked.output) for pdf, job_id in jobs.items())
    seconds = time.monotonic() - began
    print(f"{len(jobs)} files, {pages} pages in {seconds:.0f} s")


def converted(server: Server, pdf: Path, job_id: str, output: Path) -> int:
    """Wait for the job and write what it gave; its number of pages."""
    job = server.wait_until_finished(job_id, timeout_s=1200)
    print(f"{job['status']:9}  {job['total_pages']:4} pages, {job['pages_failed']} failed  {pdf.name}")
    for warning in job["warnings"]:
        print(f"           {warning}")
    (output / f"{pdf.stem}.md").write_text(server.result(job_id))
    by_number = {}
    for page in server.pages(job_id):
        answer = server.get(f"/api/jobs/{job_id}/pages/{page['number']}")
        by_number[str(page["number"])] = answer.text if answer.status_code == 200 else ""
    (output / f"{pdf.stem}.pages.json").write_text(json.dumps(by_number))
    return int(job["total_pages"])


if __name__ == "__main__":
    main()
