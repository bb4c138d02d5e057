"""What is written down about a real job."""

import json

import pymupdf

from tests.pdfs import pages
from tests.server import Server
from tests.worker.conftest import Serve

SENTINEL = "Schneeleopard"


def pdf() -> bytes:
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), f"A text about the {SENTINEL}.", fontsize=12)
        found: bytes = document.tobytes()
        return found


def some_of_everything(server: Server) -> list[str]:
    """A job that is converted, one that fails, refusals, a purge and a deletion; the ids."""
    good = server.upload(pdf(), name="Geheimer Vertrag.pdf", engine="fast", client_ref="Codewort")
    bad = server.upload(pages(2), name="Geheimer Vertrag.pdf", engine="fake", prompt="crash:1 fail:2 Codewort")
    assert server.wait_until_finished(good)["status"] == "completed"
    assert server.wait_until_finished(bad)["status"] == "failed"
    assert SENTINEL in server.result(good)
    server.get("/api/jobs?search=Codewort")
    server.get(f"/api/jobs/{good}/nothing?q=Codewort")
    server.get("/Geheimer%20Vertrag.pdf")
    server.post("/api/upload", files={"file": ("Geheimer Vertrag.pdf", b"%PDF-Schneeleopard")})
    server.get(f"/api/jobs/{good}/events")
    server.request("DELETE", f"/api/jobs/{bad}")
    return [good, bad]


def test_it_has_no_contents_and_no_file_names(serve: Serve) -> None:
    server = serve(PDFJOBS_REQUIRE_LOGIN="false")
    some_of_everything(server)
    server.stop()
    said = server.output().lower()
    for secret in (SENTINEL, "Geheimer", "Vertrag", "Codewort"):
        assert secret.lower() not in said


def test_it_says_request_and_job_on_each_line(serve: Serve) -> None:
    server = serve(PDFJOBS_REQUIRE_LOGIN="false", PDFJOBS_LOG_FORMAT="json")
    good, bad = some_of_everything(server)
    server.get(f"/api/jobs/{good}/status?wait=0", headers={"X-Request-ID": "asked-by-me"})
    server.stop()
    lines = [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]
    assert all({"at", "level", "logger", "request_id", "job_id", "message"} <= set(line) for line in lines)
    (mine,) = (line for line in lines if line["request_id"] == "asked-by-me")
    assert (mine["route"], mine["status"], mine["job_id"]) == (
        "/api/jobs/{job_id}/status",
        200,
        good.removeprefix("geheimer_vertrag_pdf_"),
    )
    by_worker = [line for line in lines if line["logger"] == "jobs.pipeline.conversion"]
    assert {line["job_id"] for line in by_worker} == {bad.removeprefix("geheimer_vertrag_pdf_")}
