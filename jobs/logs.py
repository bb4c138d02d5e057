"""Puts the request and the job that a log line belongs to on that line."""

import logging
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
job_id: ContextVar[str] = ContextVar("job_id", default="-")


class ContextFilter(logging.Filter):
    """Gives each record `request_id` and `job_id`, "-" where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        record.job_id = job_id.get()
        return True
