"""Can the server do its work? Part by part, cheaply, and said the same way under load."""

import logging
from collections.abc import Callable

from django.db import connection

from jobs import queue, storage
from jobs.models import Node

logger = logging.getLogger(__name__)

OK = "ok"


def readiness() -> dict[str, str]:
    """`ok`, or else what it means, for database, storage, broker and workers. For everybody's eyes: names nothing."""
    return {name: _said(name, check) for name, check in _CHECKS.items()}


def is_useless(found: dict[str, str]) -> bool:
    """Whether no request can be served. Without broker or workers uploads are safe and wait, and results are given."""
    return any(found[name] != OK for name in ("database", "storage"))


def _said(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:
        logger.warning("The health check of the %s failed.", name, exc_info=True)
        return "It does not answer."


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _storage() -> str:
    return OK if storage.is_writable() else "Files can't be stored."


def _broker() -> str:
    queue.waiting_tokens()
    return OK


def _workers() -> str:
    """By the heartbeat of the supervisors, which beats whatever the workers do and however busy they are."""
    return OK if Node.objects.working().exists() else "None has been heard of lately; what is uploaded waits."


_CHECKS = {"database": _database, "storage": _storage, "broker": _broker, "workers": _workers}
