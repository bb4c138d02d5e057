"""Log lines: what request and job each belongs to, as text or JSON, and never with the name of a file in it."""

import logging
import re
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="-")
job_id: ContextVar[str] = ContextVar("job_id", default="-")

# A job's id begins with the name of the uploaded file: what is left names the job as well, and `?search=` finds it.
_NAMED_ID = re.compile(r"[a-z0-9_]{1,90}_(?=\d{8}_\d{6}_[0-9a-f]{8}(?![0-9a-f]))")

_FIELDS = {"asctime": "at", "levelname": "level", "name": "logger"}
_UNWANTED = ("request", "status_code", "server_time", "taskName")
"""What Django adds to its records: objects, and what the access line says already."""


class ContextFilter(logging.Filter):
    """Gives each record `request_id` and `job_id`, "-" where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.job_id = job_id.get()
        return True


class TextLines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} request={request_id} job={job_id} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return without_names(super().format(record))


class JsonLines(JsonFormatter):
    """One object a line, with what a record carries besides its message."""

    def __init__(self) -> None:
        fields = (*_FIELDS, "request_id", "job_id", "message")
        super().__init__(
            " ".join(f"%({field})s" for field in fields),
            rename_fields=_FIELDS,
            reserved_attrs=[*logging.makeLogRecord({}).__dict__, *_UNWANTED],
        )

    def format(self, record: logging.LogRecord) -> str:
        return without_names(super().format(record))


def without_names(text: str) -> str:
    """`text` with each job's id cut down to what follows the file's name."""
    return _NAMED_ID.sub("", text)
