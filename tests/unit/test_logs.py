"""Log lines."""

import json
import logging
import sys
from collections.abc import Iterator
from contextvars import Context

import pytest
from django.test import Client

from jobs import logs

ID = "geheim_bericht_pdf_20260107_143022_a7b3c4d5"
NAMELESS = "20260107_143022_a7b3c4d5"


@pytest.fixture
def in_request() -> Iterator[None]:
    request, job = logs.request_id.set("abc"), logs.job_id.set(ID)
    yield
    logs.request_id.reset(request)
    logs.job_id.reset(job)


def line(formatter: logging.Formatter, message: str, *arguments: object, **extra: object) -> str:
    record = logging.makeLogRecord(
        {"name": "jobs.here", "levelname": "INFO", "msg": message, "args": arguments, **extra}
    )
    logs.ContextFilter().filter(record)
    return formatter.format(record)


@pytest.mark.usefixtures("in_request")
def test_it_says_in_text_which_request_and_job_it_is_about() -> None:
    assert line(logs.TextLines(), "Done %d.", 3).endswith(f" INFO jobs.here request=abc job={NAMELESS} Done 3.")


@pytest.mark.usefixtures("in_request")
def test_it_says_the_same_in_json() -> None:
    said = json.loads(line(logs.JsonLines(), "Done %d.", 3, ms=1.5))
    assert said.pop("at")
    assert said == {
        "level": "INFO",
        "logger": "jobs.here",
        "request_id": "abc",
        "job_id": NAMELESS,
        "message": "Done 3.",
        "ms": 1.5,
    }


def test_it_says_where_there_is_no_request() -> None:
    assert " request=- job=- " in Context().run(line, logs.TextLines(), "Started.")


@pytest.mark.parametrize("formatter", [logs.TextLines(), logs.JsonLines()])
def test_it_leaves_the_files_name_out_wherever_the_job_is_named(formatter: logging.Formatter) -> None:
    try:
        raise OSError(28, "No space left", f"/data/media/jobs/{ID}/result.md")
    except OSError:
        said = line(formatter, "The files of %s.", ID, exc_info=sys.exc_info())
    assert said.count(NAMELESS) >= 2
    assert "geheim" not in said


def test_it_keeps_json_to_one_line() -> None:
    assert "\n" not in line(logs.JsonLines(), "first\nsecond")


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/health/live", "/api/health/live"),
        (f"/api/jobs/{ID}/status", "/api/jobs/{job_id}/status"),
        (f"/api/jobs/{ID}/pages/7?token=hush", "/api/jobs/{job_id}/pages/{number}"),
        (f"/jobs/{ID}", "/jobs/{job_id}"),
        ("/api/nothing/geheim", "unknown"),
        ("/static/jobs/geheim.css", "static"),
    ],
)
@pytest.mark.django_db
def test_it_says_of_each_request_what_was_asked_and_not_of_whom(
    client: Client, caplog: pytest.LogCaptureFixture, path: str, route: str
) -> None:
    caplog.set_level("INFO", "jobs.access")
    answer = client.get(path)
    (record,) = (record for record in caplog.records if record.name == "jobs.access")
    assert record.getMessage().startswith(f"GET {route} {answer.status_code} ")


@pytest.mark.django_db
def test_it_names_the_job_on_the_line_of_its_request(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "jobs.access")
    caplog.handler.addFilter(logs.ContextFilter())
    client.get(f"/api/jobs/{ID}/status")
    client.get("/api/health/live")
    jobs = [getattr(record, "job_id", None) for record in caplog.records if record.name == "jobs.access"]
    assert jobs == [ID, "-"]
